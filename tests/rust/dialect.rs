//! The examples of the CommonMark and GFM specs: as HTML they are what pulldown-cmark makes of them, but for what the
//! pages do otherwise on purpose. The specs lie beside the project, if anywhere; a few examples of our own always run.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use mcdewey_tests::{Site, SiteTest, dialect, project, tree};

/// Of the examples without blocks of raw HTML, this many of a thousand must be alike.
const ALIKE_LEAST_PER_MILLE: usize = 990;
/// Keeps an example's first line from being front matter.
const LEAD: &str = "Lead.\n\n";

/// Texts by name.
type Examples = BTreeMap<String, String>;

struct Verdict {
    alike: usize,
    differ: Vec<String>,
}

#[test]
fn examples_of_our_own_are_alike() {
    let text = include_str!("../cases/dialect/examples.txt");
    let examples: Examples = (1..)
        .map(|at: u32| format!("own-{at:03}"))
        .zip(text.split("%%%\n").map(str::to_string))
        .collect();
    assert!(examples.len() > 30);
    let verdict = compare(&examples);
    assert_eq!(verdict.differ, Vec::<String>::new());
}

#[test]
fn examples_of_the_specs_are_alike() {
    let archive = project().join("../shared/data/hostile.tar.xz");
    if !archive.is_file() {
        return eprintln!("left out: the specs are not beside the project");
    }
    let folder = tempfile::tempdir().unwrap();
    let unpacked =
        Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(folder.path()).status();
    assert!(unpacked.unwrap().success());
    let (raw, plain): (Examples, Examples) = examples(&folder.path().join("hostile/spec-pages"))
        .into_iter()
        .partition(|(_, text)| dialect::holds_raw_blocks(text));
    let verdict = compare(&plain);
    let total = verdict.alike + verdict.differ.len();
    println!("{} of {total} alike; {} with blocks of raw HTML beside", verdict.alike, raw.len());
    verdict.differ.iter().for_each(|difference| println!("{difference}"));
    assert!(verdict.alike * 1000 >= total * ALIKE_LEAST_PER_MILLE, "{} of {total}", verdict.alike);
    keeps_the_words(&raw);
}

fn examples(folder: &Path) -> Examples {
    let of = |path: String| {
        let text = fs::read_to_string(folder.join(&path)).ok()?;
        Some((path.strip_suffix(".md")?.replace('/', "-"), text))
    };
    tree::files(folder).into_iter().filter(|path| path.ends_with(".md")).filter_map(of).collect()
}

fn compare(examples: &Examples) -> Verdict {
    let mut verdict = Verdict { alike: 0, differ: Vec::new() };
    let site = built(examples);
    for (name, text) in examples {
        let expected = dialect::essence(&dialect::reference(&format!("{LEAD}{text}")));
        let found = dialect::essence(&shown(&site, name));
        match expected == found {
            true => verdict.alike += 1,
            false => verdict
                .differ
                .push(format!("{name}: {text:?}\n   expected {expected}\n   found    {found}")),
        }
    }
    verdict
}

/// What a browser makes of half a tag is not compared, but no letter may be lost that the parser would show.
fn keeps_the_words(examples: &Examples) {
    let site = built(examples);
    let lost = examples.iter().filter(|(name, text)| {
        let expected = dialect::words(&dialect::essence(&dialect::reference(text)));
        let found = dialect::words(&shown(&site, name));
        !is_within(&expected, &found)
    });
    let lost: Vec<_> = lost.collect();
    println!(
        "{} of {} with blocks of raw HTML keep all their letters",
        examples.len() - lost.len(),
        examples.len()
    );
    lost.iter()
        .for_each(|(name, text)| println!("{name}: {text:?}\n   found {}", shown(&site, name)));
    assert!(lost.len() * 40 <= examples.len(), "{} of {}", lost.len(), examples.len());
}

/// Whether the letters stand in the text in their order, whatever stands between.
fn is_within(letters: &str, text: &str) -> bool {
    let mut text = text.chars();
    letters.chars().all(|letter| text.any(|symbol| symbol == letter))
}

fn built(examples: &Examples) -> Site {
    let test = SiteTest::new();
    for (name, text) in examples {
        test.write(&format!("spec/v1/guide/{name}.md"), format!("{LEAD}{text}"));
    }
    test.build()
}

/// The passages of a reading view, one after the other.
fn shown(site: &Site, name: &str) -> String {
    let page = site.read(&format!("read/spec/v1/guide/{name}.html"));
    let passages = page.split("<section id=\"c-").skip(1).map(|passage| {
        let text = passage.split_once("</a></p>\n").map_or("", |(_, text)| text);
        text.rsplit_once("\n</section>").map_or(text, |(text, _)| text)
    });
    passages.collect()
}
