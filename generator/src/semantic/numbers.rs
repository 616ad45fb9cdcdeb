//! Vectors of floats, and of small integers, two to a byte.
//!
//! In: floats. Out: packed bytes as the engine reads them, and floats again. Nothing is ever infinite or not a number: what has no
//! length stays without.

/// The greatest packed number.
const MOST: f32 = 7.0;
/// Numbers above so many times the mean square's root are cut: the rest gains more than they lose.
const CUT: f32 = 2.7;

/// What the packed numbers are to be multiplied by, and the numbers.
pub(crate) fn packed(vector: &[f32]) -> (f32, Vec<u8>) {
    let mean = (dot(vector, vector) / vector.len().max(1) as f32).sqrt();
    let most = vector.iter().fold(0.0f32, |most, number| most.max(number.abs())).min(mean * CUT);
    let step = most / MOST;
    let small = |number: f32| match step > 0.0 {
        true => ((number / step).round().clamp(-MOST, MOST) + 8.0) as u8,
        false => 8,
    };
    let pairs = vector
        .chunks(2)
        .map(|pair| small(pair[0]) | small(pair.get(1).copied().unwrap_or(0.0)) << 4);
    (step, pairs.collect())
}

/// The packed numbers as floats, without their scale.
pub(crate) fn unpacked(packed: &[u8]) -> impl Iterator<Item = f32> {
    packed.iter().flat_map(|byte| [f32::from(byte & 15) - 8.0, f32::from(byte >> 4) - 8.0])
}

/// In eight lanes, so that the processor adds them side by side; always in the same order.
#[inline]
pub(crate) fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (whole_left, rest_left) = left.as_chunks::<8>();
    let (whole_right, rest_right) = right.as_chunks::<8>();
    for (left, right) in whole_left.iter().zip(whole_right) {
        for lane in 0..8 {
            lanes[lane] += left[lane] * right[lane];
        }
    }
    let rest: f32 = rest_left.iter().zip(rest_right).map(|(left, right)| left * right).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Adds a vector so many times.
#[inline]
pub(crate) fn add(sum: &mut [f32], times: f32, vector: &[f32]) {
    for (sum, number) in sum.iter_mut().zip(vector) {
        *sum += times * number;
    }
}

/// Makes a vector as long as one; one without length stays so.
pub(crate) fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > f32::MIN_POSITIVE {
        vector.iter_mut().for_each(|number| *number /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_vectors_look_the_same_way() {
        let vector: Vec<f32> = (0..64).map(|at| ((at * 37 % 64) as f32 - 31.0) / 9.0).collect();
        let (step, bytes) = packed(&vector);
        let back: Vec<f32> = unpacked(&bytes).map(|number| number * step).collect();
        let cosine = dot(&vector, &back) / (dot(&vector, &vector) * dot(&back, &back)).sqrt();
        assert!(cosine > 0.99, "{cosine}");
    }

    #[test]
    fn nothing_is_infinite() {
        let mut zero = [0.0; 6];
        normalise(&mut zero);
        assert_eq!((zero, packed(&zero)), ([0.0; 6], (0.0, vec![0x88; 3])));
    }
}
