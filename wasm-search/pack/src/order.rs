//! The order of a module's functions: none of them cares, but a compressor does, which finds again what stands near.
//!
//! In: a module. Out: the same module, its functions put so that each stands near some that are like it, short ones first.
//! Knows nothing of what a function does.

use std::collections::HashSet;
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload};

/// Of so many, the shortest that are left, the one that is most like the last ones comes next.
const WINDOW: usize = 100;
/// So many are the last ones.
const NEAR: usize = 3;
/// Functions are alike by the runs of so many bytes that they share.
const RUN_BYTES: usize = 4;

/// The module with its functions in another order.
pub(crate) fn reordered(module: &[u8]) -> Result<Vec<u8>> {
    let mut order = Order::of(module).context("reading the module")?;
    let mut out = Module::new();
    order
        .parse_core_module(&mut out, Parser::new(0), module)
        .map_err(|error| anyhow::anyhow!("writing the module in another order: {error}"))?;
    Ok(out.finish())
}

struct Order {
    /// Of each place which function comes there, imported ones not counted.
    from: Vec<usize>,
    /// Of each function its number to be, imported ones first and as they were.
    to: Vec<u32>,
}

impl Order {
    fn of(module: &[u8]) -> Result<Order> {
        let (mut imported, mut bodies) = (0, Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += usize::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        let from = chain(&bodies);
        let mut to: Vec<u32> = (0..(imported + from.len()) as u32).collect();
        for (new, &old) in from.iter().enumerate() {
            to[imported + old] = (imported + new) as u32;
        }
        Ok(Order { from, to })
    }
}

/// Each behind some that are like it, from the shortest on.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<HashSet<&[u8]>> =
        bodies.iter().map(|body| body.windows(RUN_BYTES).collect()).collect();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|&at| (bodies[at].len(), bodies[at]));
    let mut chain: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let near = &chain[chain.len().saturating_sub(NEAR)..];
        let share = |at: usize| {
            let shared =
                runs[at].iter().filter(|run| near.iter().any(|&last| runs[last].contains(*run)));
            // In thousandths, so that nothing depends on how numbers are rounded.
            shared.count() * 1000 / (runs[at].len() + 1)
        };
        let window = left.len().min(WINDOW);
        let next = (0..window).rev().max_by_key(|&place| share(left[place])).unwrap_or(0);
        chain.push(left.remove(next));
    }
    chain
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.to[function as usize])
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for &at in &self.from {
            functions.function(types[at]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for at in self.from.clone() {
            self.parse_function_body(code, bodies[at].clone())?;
        }
        Ok(())
    }
}
