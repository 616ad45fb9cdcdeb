//! A site that was updated edit by edit is, byte for byte, the site that a fresh build makes; and an update touches only what
//! the edit shows in. What the cache holds can be lost, cut or changed without harm.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use mcdewey_tests::{
    Ran, SiteTest,
    tree::{contents, differences},
};

/// So many edits are made one after another.
const STEPS: u64 = 40;

/// A small library in which everything leads to everything.
struct Shelf {
    test: SiteTest,
    files: BTreeMap<String, String>,
    random: Random,
}

/// A small generator of numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }
}

impl Shelf {
    fn new() -> Shelf {
        let mut shelf =
            Shelf { test: SiteTest::new(), files: BTreeMap::new(), random: Random(0x5eed) };
        for version in ["v1", "v2"] {
            for name in ["_index", "alpha", "beta", "gamma", "delta"] {
                shelf.put(&format!("acme/anvil/{version}/guide/{name}.md"), &page(name, 0));
            }
            shelf.put(&format!("acme/anvil/{version}/faq.md"), &page("faq", 0));
        }
        shelf.put(
            "zeta/notes/a.md",
            "# Notes\n\n![p](p.png) and [all](../../acme/anvil/v2/faq.md).\n",
        );
        shelf.put("zeta/notes/p.png", "no picture at all");
        shelf.put("zeta/paged/b.md", "a\n\nb\n");
        for number in 0..32 {
            let kit = if number % 3 == 0 { "omega/kit/v1" } else { "zeta/kit/v2" };
            shelf.put(&format!("{kit}/tips/{number}.md"), &tip(number, 0));
        }
        shelf
    }

    fn put(&mut self, path: &str, text: &str) {
        self.test.write(path, text);
        self.files.insert(path.to_string(), text.to_string());
    }

    fn remove(&mut self, path: &str) {
        fs::remove_file(self.test.library().join(path)).unwrap();
        self.files.remove(path);
    }

    fn any(&mut self, ending: &str) -> Option<String> {
        let paths: Vec<&String> = self.files.keys().filter(|path| path.ends_with(ending)).collect();
        let count = paths.len();
        (count > 0).then(|| paths[self.random.below(count.max(1))].clone())
    }

    /// Makes an edit and says which.
    fn edit(&mut self, step: u64) -> String {
        let path = self.any(".md").unwrap();
        match self.random.below(17) {
            0 | 1 => self.put(&path, &page("edited", step)),
            2 => self.put(
                &path,
                &format!(
                    "---\ntitle: Title {step}\nweight: {}\n---\n{}",
                    step % 7,
                    page("titled", step)
                ),
            ),
            3 => self.put(&format!("acme/anvil/v2/guide/new-{step}.md"), &page("new", step)),
            4 => self
                .put(&format!("acme/anvil/v{}/guide/alpha.md", step + 3), &page("version", step)),
            5 if self.files.len() > 6 => self.remove(&path),
            6 => self.rename(&path, &format!("{}-moved-{step}.md", path.trim_end_matches(".md"))),
            7 => self.rename(&path, &format!("{}.txt", path.trim_end_matches(".md"))),
            8 => self.put(
                "mcdewey.toml",
                &format!("title = 'Shelf {step}'\n[names]\nacme = 'Acme {}'\n", step % 3),
            ),
            9 => self.put(
                ".theme/templates/404.html",
                &format!(
                    "{{% extends \"base.html\" %}}{{% block main %}}{step}{{% endblock main %}}"
                ),
            ),
            10 => self.put("zeta/notes/p.png", &format!("picture {}", step % 4)),
            11 => self.put(
                "zeta/paged/b.json",
                &format!(
                    "[{{\"text\":\"a\",\"page_idx\":0}},{{\"text\":\"b\",\"page_idx\":{}}}]",
                    1 + step % 3
                ),
            ),
            12 => self.put("zeta/records.jsonl", &records(step)),
            13 => self.put(&path, &tip(step % 40, step)),
            14 => self.put(&format!("omega/kit/v1/tips/{}.md", step % 32), &tip(step % 32, step)),
            15 => self.put(&format!("zeta/kit/v{}/tips/{step}.md", 2 + step % 2), &tip(step, 0)),
            _ => self.touch(&path),
        }
        path
    }

    fn rename(&mut self, from: &str, to: &str) {
        let text = self.files[from].clone();
        self.remove(from);
        self.put(to, &text);
    }

    fn touch(&mut self, path: &str) {
        let text = self.files[path].clone();
        self.put(path, &text);
    }
}

fn page(name: &str, step: u64) -> String {
    let words =
        format!("Word{step} of {name} in a sentence. ").repeat(40 + (step as usize % 5) * 30);
    format!(
        "# {name} {}\n\n{words}\n\n[next](beta.md) [other](../faq.md#x) [new](new-{}.md) ![p](/zeta/notes/p.png)\n\n## More\n\n{words}\n",
        step % 4,
        step + 1
    )
}

/// Each speaks of one thing of four, so that some are related and some are not.
fn tip(number: u64, step: u64) -> String {
    let words = [
        "snapshot restore backup copy volume retention schedule archive",
        "network router gateway subnet packet firewall bridge latency",
        "user role password login permission group directory session",
        "printer paper toner tray queue margin duplex driver",
    ][number as usize % 4];
    let words: Vec<&str> = words.split(' ').collect();
    let word = |at: u64| words[((number / 4 + at * at) % 8) as usize];
    let text: String =
        (0..30).map(|at| format!("The {} of the {}. ", word(at), word(at + 3))).collect();
    format!("# Tip {number} {}\n\n{text}Tip{number} and step{step}.\n", step % 3)
}

fn records(step: u64) -> String {
    let record = |number: u64| {
        format!(
            "{{\"chunk_id\":\"r::{number}\",\"source\":\"zeta/r/s{}.md\",\"page\":{number},\"text\":\"Record {}\"}}\n",
            number % 3,
            number * (1 + step % 2)
        )
    };
    (step % 3..9).map(record).collect()
}

/// The site of a copy of the library that nothing was built of before, with the same record of what words mean.
fn assert_fresh(test: &SiteTest, what: &str) {
    let fresh = SiteTest::of(&test.library());
    fresh.record_like(test);
    let (updated, built) = (contents(&test.site().folder), contents(&fresh.build().folder));
    assert_eq!(differences(&updated, &built), Vec::<String>::new(), "{what}");
    fresh.assert_recorded_like(test);
}

#[test]
fn edit_by_edit_is_the_same_as_at_once() {
    let mut shelf = Shelf::new();
    let site = shelf.test.build();
    let offers = |url: &String| site.read(url).contains("<nav class=\"related\"");
    assert!(site.pages().iter().filter(|url| offers(url)).count() > 5, "passages are related");
    for step in 1..=STEPS {
        let state = shelf.random.0;
        let path = shelf.edit(step);
        let _ = shelf.test.build();
        assert_fresh(&shelf.test, &format!("step {step}, state {state:x}, {path}"));
    }
}

#[test]
fn the_title_of_a_guide_shows_in_all_its_pages() {
    let test = SiteTest::new().file("acme/anvil/guide/_index.md", "# First title\n\nText.\n");
    for number in 0..40 {
        test.write(&format!("acme/anvil/guide/{number}.md"), format!("# Page {number}\n\nText.\n"));
    }
    let _ = test.build();
    test.write("acme/anvil/guide/_index.md", "# Second title\n\nText.\n");
    let _ = test.build();
    assert_fresh(&test, "the guide has another title");
}

/// The changes of a build, as they are listed, without those of the index.
fn changes(test: &SiteTest) -> Vec<String> {
    let list = test.folder().join("changes");
    let ran = test.try_build(&["--changes", list.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let text = fs::read_to_string(&list).unwrap();
    fs::remove_file(&list).unwrap();
    let is_made_of_all =
        |path: &str| ["search/", "offline/"].iter().any(|folder| path.starts_with(folder));
    let is_page = |line: &&str| !is_made_of_all(&line[2..]) && !line.ends_with("files.html");
    text.lines().filter(is_page).map(str::to_string).collect()
}

/// Many pages of many words, so that one edit changes no average.
fn large() -> SiteTest {
    let test = SiteTest::new();
    for number in 0..120 {
        let section = |at: usize| {
            let words: Vec<String> = (0..150)
                .map(|word| format!("word{}", (number * 31 + at * 7 + word * word) % 900))
                .collect();
            format!("## Section {at} of {number}\n\n{}.\n\n", words.join(" "))
        };
        let text: String = (0..3).map(section).collect();
        test.write(
            &format!("acme/anvil/guide-{}/{number}.md", number % 4),
            format!("# Page {number}\n\n{text}"),
        );
    }
    test
}

#[test]
fn an_edit_of_a_large_library_merges_nothing() {
    let test = large();
    let merges = |ran: &Ran| ran.err.contains("Indexing");
    assert!(merges(&test.try_build(&[])));
    let path = "acme/anvil/guide-2/42.md";
    let text = fs::read_to_string(test.library().join(path)).unwrap();
    for (edit, text) in [
        ("a word that is new", text.replacen("word7 ", "novelty ", 1)),
        ("a word that is everywhere", text.replacen("word7 ", "the word8 ", 1)),
        ("as it was", text.clone()),
    ] {
        test.write(path, text);
        let ran = test.try_build(&[]);
        assert!(ran.code == 0 && !merges(&ran), "{edit}: {}{}", ran.out, ran.err);
        assert_fresh(&test, edit);
    }
    test.write(path, &text[..text.rfind("## Section").unwrap()]);
    let _ = test.build();
    assert_fresh(&test, "a passage less");
    fs::remove_file(test.library().join(path)).unwrap();
    let _ = test.build();
    assert_fresh(&test, "the source is gone");
}

fn trio() -> SiteTest {
    SiteTest::new()
        .file("acme/anvil/guide/a.md", "# A\n\nOne.\n")
        .file("acme/anvil/guide/b.md", "# B\n\nTwo.\n")
        .file("acme/rope/guide/c.md", "# C\n\nThree.\n")
}

#[test]
fn only_what_shows_an_edit_changes() {
    let test = trio();
    let _ = test.build();
    assert_eq!(changes(&test), Vec::<String>::new(), "nothing was edited");
    test.write("acme/anvil/guide/b.md", "# B\n\nTwo and a half.\n");
    assert_eq!(changes(&test), ["* acme/anvil/guide/b/1.html", "* read/acme/anvil/guide/b.html"]);
    test.write("acme/rope/guide/c.md", "# C\n\nThree.\n");
    assert_eq!(changes(&test), Vec::<String>::new(), "written again with the same text");
    fs::remove_file(test.library().join("acme/rope/guide/c.md")).unwrap();
    let gone = changes(&test);
    assert!(gone.contains(&"- acme/rope/guide/c/1.html".to_string()), "{gone:?}");
    assert!(!test.site().folder.join("acme/rope").exists(), "an empty folder is left");
}

#[test]
fn what_a_killed_build_left_half_written_goes_with_the_next() {
    let test = trio();
    let _ = test.build();
    let half = test.site().folder.join("offline/0123456789abcdef.half");
    for case in ["an edit", "nothing to do"] {
        fs::write(&half, "half").unwrap();
        test.write("acme/rope/guide/c.md", "# C\n\nFour.\n");
        let _ = test.build();
        assert!(!half.exists(), "it stays beside {case}");
    }
}

#[test]
fn a_build_says_what_it_did() {
    let test = trio();
    let says = |arguments: &[&str], words: &str| {
        let Ran { out, err, .. } = test.try_build(arguments);
        assert!(out.contains(words), "\"{words}\" is not in:\n{out}{err}");
    };
    says(&[], "built anew");
    says(&[], "changed  nothing");
    test.write("acme/rope/guide/c.md", "# C\n\nFour.\n");
    says(&[], "1 sources read");
    says(&["--fresh"], "built anew");
    says(&["--no-highlight"], "built anew");
}

fn cache(test: &SiteTest) -> PathBuf {
    test.folder().join(".site.mcdewey-cache")
}

#[test]
fn a_damaged_cache_is_not_used() {
    let damage: [&dyn Fn(&Path); 6] = [
        &|cache| fs::remove_dir_all(cache).unwrap(),
        &|cache| cut(&cache.join("manifest"), 100),
        &|cache| change(&cache.join("manifest"), 50),
        &|cache| cut(&cache.join("spool-a"), 10),
        &|cache| change(&cache.join("spool-a"), 5),
        &|cache| fs::remove_file(cache.join("spool-a")).unwrap(),
    ];
    for (number, damage) in damage.iter().enumerate() {
        let test = trio();
        let _ = test.build();
        damage(&cache(&test));
        test.write("acme/rope/guide/c.md", "# C\n\nFour.\n");
        let _ = test.build();
        assert_fresh(&test, &format!("damage {number}"));
    }
}

fn cut(file: &Path, bytes: u64) {
    let open = fs::File::options().write(true).open(file).unwrap();
    open.set_len(open.metadata().unwrap().len() - bytes).unwrap();
}

fn change(file: &Path, at: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[at] ^= 0x40;
    fs::write(file, bytes).unwrap();
}

#[test]
fn another_site_in_its_place_is_built_anew() {
    let test = trio();
    let site = test.build().folder;
    let other = SiteTest::new().file("a/b/c.md", "# Other\n").build();
    fs::remove_dir_all(&site).unwrap();
    mcdewey_tests::tree::copy(&other.folder, &site);
    let _ = test.build();
    assert_fresh(&test, "a copy of another site stood there");
    fs::remove_dir_all(&site).unwrap();
    let _ = test.build();
    assert_fresh(&test, "the site was removed");
}

#[test]
fn many_edits_do_not_make_the_cache_grow_for_ever() {
    let test = trio();
    let text = |step: usize| format!("# C\n\n{}\n", format!("word{step} ").repeat(50_000));
    let size = || {
        fs::read_dir(cache(&test))
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum::<u64>()
    };
    test.write("acme/rope/guide/c.md", text(0));
    let _ = test.build();
    let first = size();
    for step in 1..12 {
        test.write("acme/rope/guide/c.md", text(step));
        let _ = test.build();
    }
    assert!(size() < 4 * first + (2 << 20), "{first} bytes became {}", size());
    assert_fresh(&test, "after packing");
}
