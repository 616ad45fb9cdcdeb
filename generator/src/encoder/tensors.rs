//! The numbers of a `model.safetensors`.
//!
//! In: the file's bytes, names and shapes. Out: rows of floats. A tensor that is missing, of another shape or not of finite numbers is an error
//! that names it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

pub(super) struct Tensors<'a> {
    file: &'a Path,
    tensors: SafeTensors<'a>,
    /// What the names begin with.
    prefix: &'static str,
}

impl<'a> Tensors<'a> {
    pub(super) fn read(file: &'a Path, bytes: &'a [u8]) -> Result<Tensors<'a>> {
        let tensors = SafeTensors::deserialize(bytes)
            .with_context(|| format!("{} is cut off or no safetensors file", file.display()))?;
        let is_inner = tensors.names().iter().any(|name| name.starts_with("bert."));
        Ok(Tensors { file, tensors, prefix: if is_inner { "bert." } else { "" } })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    /// The tensor of this name, which must have this shape.
    pub(super) fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let name = format!("{}{name}", self.prefix);
        let view = self.view(&name)?;
        if view.shape() != shape {
            bail!(
                "{}: the tensor {name} has the shape {:?}; config.json and tokenizer.json make it {shape:?}",
                self.file.display(),
                view.shape(),
            );
        }
        self.floats(&name, &view)
    }

    /// A table of this name, and how many columns it has.
    pub(super) fn table(&self, name: &str) -> Result<(Vec<f32>, usize)> {
        let view = self.view(name)?;
        let &[_, columns] = view.shape() else {
            bail!(
                "{}: the tensor {name} has the shape {:?}; a table of rows is expected",
                self.file.display(),
                view.shape(),
            );
        };
        if columns == 0 {
            bail!("{}: the tensor {name} has no columns", self.file.display());
        }
        Ok((self.floats(name, &view)?, columns))
    }

    fn view(&self, name: &str) -> Result<TensorView<'_>> {
        self.tensors
            .tensor(name)
            .ok()
            .with_context(|| format!("{} has no tensor {name}", self.file.display()))
    }

    fn floats(&self, name: &str, view: &TensorView<'_>) -> Result<Vec<f32>> {
        let pairs =
            || view.data().as_chunks::<2>().0.iter().map(|bytes| u16::from_le_bytes(*bytes));
        let floats: Vec<f32> = match view.dtype() {
            Dtype::F32 => view
                .data()
                .as_chunks::<4>()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
            Dtype::F16 => pairs().map(of_half).collect(),
            Dtype::BF16 => pairs().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
            other => bail!(
                "{}: the tensor {name} is of type {other:?}; F32, F16 and BF16 can be read",
                self.file.display(),
            ),
        };
        if floats.iter().any(|number| !number.is_finite()) {
            bail!("{}: the tensor {name} holds numbers that are not finite", self.file.display());
        }
        Ok(floats)
    }
}

/// A number of sixteen bits: five of exponent, ten of fraction.
fn of_half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        0 => sign * fraction as f32 / (1u32 << 24) as f32,
        31 => f32::NAN,
        _ => sign * f32::from_bits((exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::of_half;

    #[test]
    fn halves_are_read() {
        let read = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff].map(of_half);
        assert_eq!(read, [1.0, -2.0, 0.333_251_95, 5.960_464_5e-8, 65504.0]);
        assert!(of_half(0x7c00).is_nan());
    }
}
