//! Completion: the names that an argument may have, as it is being typed.
//!
//! In: a template or a prompt, an argument's beginning, the other arguments. Out: names. Knows no transport.

use std::collections::BTreeSet;

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use super::{
    desk::{Refusal, Room, shortened},
    prompts, resources,
};
use crate::{
    clean::visible,
    manifest::{Guide, Name},
    shelf::Filter,
};

/// What may be typed for an argument.
pub(super) fn complete(
    room: &Room,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, Refusal> {
    check(&request.r#ref)?;
    let argument = &request.argument;
    let given = |name: &str| {
        let context = request.context.as_ref()?;
        context.get_argument(name).filter(|value| !value.is_empty() && *value != "-").cloned()
    };
    let mut filter = Filter {
        vendor: given("vendor"),
        product: given("product"),
        version: given("version"),
        guide: given("guide"),
    };
    let level: fn(&Guide) -> Option<&Name> = match argument.name.as_str() {
        "vendor" => {
            filter.vendor = None;
            |guide| guide.vendor.as_ref()
        }
        "product" => {
            filter.product = None;
            |guide| Some(&guide.product)
        }
        "version" | "from" | "to" => {
            filter.version = None;
            |guide| guide.version.as_ref()
        }
        "guide" => {
            filter.guide = None;
            |guide| Some(&guide.guide)
        }
        _ => return Ok(CompleteResult::default()),
    };
    // Other arguments that mean nothing leave nothing to complete.
    let guides = room.edition.catalogue.narrow(&filter).unwrap_or_default();
    Ok(CompleteResult::new(info(names(guides.into_iter().filter_map(level), &argument.value))))
}

/// Names that begin with what was typed, in reading order, then those that hold it.
fn names<'a>(names: impl Iterator<Item = &'a Name>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut seen = BTreeSet::new();
    let (mut begin, mut hold) = (Vec::new(), Vec::new());
    for name in names.filter(|name| seen.insert(&name.key)) {
        let known = [name.key.to_lowercase(), name.name.to_lowercase()];
        match () {
            () if known.iter().any(|known| known.starts_with(&typed)) => {
                begin.push(visible(&name.key).into_owned());
            }
            () if known.iter().any(|known| known.contains(&typed)) => {
                hold.push(visible(&name.key).into_owned());
            }
            () => {}
        }
    }
    begin.append(&mut hold);
    begin
}

fn info(mut values: Vec<String>) -> CompletionInfo {
    let total = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    let has_more = total > values.len();
    CompletionInfo::with_pagination(values, Some(total as u32), has_more).unwrap_or_default()
}

fn check(reference: &Reference) -> Result<(), Refusal> {
    let known = match reference {
        Reference::Resource(template) => {
            [resources::GUIDE_TEMPLATE, resources::CHUNK_TEMPLATE].contains(&template.uri.as_str())
        }
        Reference::Prompt(prompt) => prompts::list().iter().any(|known| known.name == prompt.name),
        _ => false,
    };
    let named = reference.as_resource_uri().or(reference.as_prompt_name()).unwrap_or_default();
    let error = format!("nothing to complete for '{}'", shortened(named));
    if known { Ok(()) } else { Err(Refusal::new("unknown_reference", error)) }
}
