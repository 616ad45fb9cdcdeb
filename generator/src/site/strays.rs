//! Files of a theme that change nothing: a misspelt name would be lost in silence.
//!
//! In: the theme's folders. Out: warnings. Writes nothing.

use std::path::Path;

use anyhow::Result;

use super::{
    THEME,
    assets::{THEME_STATIC, THEME_TEMPLATES, stands_in, template_texts},
};
use crate::{model::Warning, update};

/// Names the files that stand in for none of ours and that no template includes. What systems and editors hide there is none of them.
pub(super) fn warnings(library: &Path) -> Result<Vec<Warning>> {
    if !library.join(THEME).is_dir() {
        return Ok(Vec::new());
    }
    let templates = template_texts(Some(library))?;
    let is_included = |path: &str| {
        let names = ['"', '\'', '`'].map(|quote| format!("{quote}{path}{quote}"));
        templates.iter().any(|(_, text)| names.iter().any(|name| text.contains(name)))
    };
    let mut warnings = Vec::new();
    for (folder, expected) in [
        (THEME_TEMPLATES, "no template is called so, and none includes it"),
        (
            THEME_STATIC,
            "no file is called so; what a site should have beside its own goes into .theme/root",
        ),
    ] {
        let found = library.join(THEME).join(folder);
        let paths = if found.is_dir() { update::files(&found)? } else { Vec::new() };
        let is_stray = |path: &String| {
            let is_hidden = path.split('/').any(|name| name.starts_with('.'));
            let is_used = folder == THEME_TEMPLATES && is_included(path);
            !is_hidden && !is_used && !stands_in(folder, path)
        };
        let strays = paths.into_iter().filter(is_stray);
        warnings.extend(strays.map(|path| Warning {
            source: format!("{THEME}/{folder}/{path}"),
            line: 0,
            kind: "file of the theme that changes nothing",
            detail: expected.to_string(),
        }));
    }
    Ok(warnings)
}
