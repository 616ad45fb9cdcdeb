//! Where links and images lead, and which may be followed.
//!
//! In: a target as written. Out: what to put into `href` or `src`. Relative targets are asked of [`Links`]; a target with a
//! scheme passes only if the scheme is harmless. Knows no HTML.

use crate::model::{Link, Links};

#[derive(Debug, PartialEq)]
pub(super) enum Target {
    Site(String),
    Outside(String),
    /// Leads nowhere in the library.
    Missing,
    /// A scheme that is not followed.
    Refused,
}

pub(super) fn resolve(target: &str, links: &dyn Links) -> Target {
    let target = without_controls(target);
    if let Some(scheme) = scheme(&target) {
        const HARMLESS: [&str; 5] = ["http", "https", "mailto", "ftp", "tel"];
        let is_harmless = HARMLESS.iter().any(|harmless| scheme.eq_ignore_ascii_case(harmless));
        return if is_harmless { Target::Outside(target) } else { Target::Refused };
    }
    if target.starts_with("//") || target.starts_with("\\\\") {
        return Target::Outside(format!("https:{}", target.replace('\\', "/")));
    }
    match links.resolve(&target) {
        Link::Site(url) => Target::Site(url),
        Link::Outside => Target::Outside(target),
        Link::Missing => Target::Missing,
    }
}

/// For images: pictures written into the text are allowed.
pub(super) fn resolve_image(target: &str, links: &dyn Links) -> Target {
    let clean = without_controls(target);
    if is_picture(&clean) { Target::Site(clean) } else { resolve(target, links) }
}

fn is_picture(target: &str) -> bool {
    const TYPES: [&str; 4] = ["png", "gif", "jpeg", "webp"];
    let Some(rest) = target
        .get(..11)
        .filter(|start| start.eq_ignore_ascii_case("data:image/"))
        .map(|_| &target[11..])
    else {
        return false;
    };
    TYPES.iter().any(|kind| {
        rest.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
            && rest[kind.len()..].starts_with([';', ','])
    })
}

/// Browsers ignore line ends and tabs in a URL, so `java&#10;script:` is a script.
fn without_controls(target: &str) -> String {
    target.trim().chars().filter(|symbol| !symbol.is_control()).collect()
}

/// `C:` is a drive, not a scheme.
pub(super) fn scheme(target: &str) -> Option<&str> {
    let (scheme, _) = target.split_once(':')?;
    let first = *scheme.as_bytes().first()?;
    let plain = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (first.is_ascii_alphabetic() && plain && scheme.len() > 1).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Here;

    impl Links for Here {
        fn resolve(&self, target: &str) -> Link {
            if target == "gone.md" { Link::Missing } else { Link::Site(format!("site/{target}")) }
        }
    }

    #[test]
    fn schemes_are_checked() {
        let check = |target: &str, expected: Target| {
            assert_eq!(resolve(target, &Here), expected, "{target}");
        };
        let outside = |target: &str| Target::Outside(target.to_string());
        check("a.md#b", Target::Site("site/a.md#b".into()));
        check("gone.md", Target::Missing);
        check("https://x/y", outside("https://x/y"));
        check("MAILTO:a@b", outside("MAILTO:a@b"));
        check("//x/y", outside("https://x/y"));
        check("javascript:alert(1)", Target::Refused);
        check(" java\nscript:alert(1)", Target::Refused);
        check("JaVaScRiPt:x", Target::Refused);
        check("vbscript:x", Target::Refused);
        check("file:///etc/passwd", Target::Refused);
        check("data:image/png;base64,x", Target::Refused);
    }

    #[test]
    fn pictures_may_be_data() {
        let check = |target: &str, expected: Target| {
            assert_eq!(resolve_image(target, &Here), expected, "{target}");
        };
        check("data:image/png;base64,x", Target::Site("data:image/png;base64,x".into()));
        check("data:image/svg+xml,x", Target::Refused);
        check("data:text/html,x", Target::Refused);
        check("a.png", Target::Site("site/a.png".into()));
    }
}
