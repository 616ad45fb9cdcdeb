//! A whole build that is killed leaves the old site as it was; an update that is killed leaves a site in which every link holds, and
//! the next build finishes it. Neither fails or leaves litter.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use mcdewey_tests::{
    Site, SiteTest, html,
    pages::{links, resolve},
    tree::{self, Contents, contents, differences},
};

/// So many builds are killed.
const KILLS: u32 = 20;
/// So many files are in both editions of a library, and as many in one only.
const EDITION_FILES: usize = 60;
/// The example stands in the library so many times, so that a build takes long enough to be hit.
const COPIES: usize = 12;

#[test]
fn a_killed_whole_build_leaves_the_old_site_whole() {
    let test = library();
    let begin = Instant::now();
    let old = contents(&test.build().folder);
    let build_time = begin.elapsed();
    change(&test);
    let mut killed = 0;
    for round in 0..KILLS * 4 {
        // Kill moments are spread over the whole build in an order that does not depend on the clock.
        let moment = build_time * (round * 7 % KILLS) / KILLS + build_time / (2 * KILLS);
        if kill_after(&test, &["--fresh"], moment) {
            killed += 1;
        }
        match settle(&test, &old) {
            State::Old => {}
            State::New => return_to_old(&test, &old),
        }
        if killed == KILLS {
            break;
        }
    }
    assert_eq!(killed, KILLS, "builds end before they can be killed");
    finish_without_litter(&test, &old);
}

fn library() -> SiteTest {
    let test = SiteTest::new();
    let example = mcdewey_tests::project().join("examples/library");
    for copy in 0..COPIES {
        tree::copy(&example.join("harbor-grid"), &test.library().join(format!("vendor-{copy}")));
    }
    change_back(&test);
    test
}

/// Makes the new site differ from the old one.
fn change(test: &SiteTest) {
    test.write("acme/anvil/v2/guide.md", "# Anvil\n\nThe second edition falls faster.\n");
}

fn change_back(test: &SiteTest) {
    test.write("acme/anvil/v2/guide.md", "# Anvil\n\nThe first edition.\n");
}

/// Starts a rebuild and kills it; tells whether it was still at work.
fn kill_after(test: &SiteTest, options: &[&str], moment: Duration) -> bool {
    let mut command = test.build_command(options);
    let mut child: Child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(moment);
    child.kill().expect("kill -9 reaches the build or comes too late");
    child.wait().unwrap().code().is_none()
}

/// What stands at the site's place.
enum State {
    Old,
    New,
}

/// The site must be the old one or, where the kill came after the exchange, the new one; never a mixture.
fn settle(test: &SiteTest, old: &Contents) -> State {
    let now = contents(&test.site().folder);
    if differences(&now, old).is_empty() {
        return State::Old;
    }
    let fresh = contents(&fresh_build(test).site().folder);
    assert_eq!(
        differences(&now, &fresh),
        Vec::<String>::new(),
        "a mixture of two sites stands there"
    );
    State::New
}

fn fresh_build(test: &SiteTest) -> SiteTest {
    let fresh = SiteTest::of(&test.library());
    fresh.record_like(test);
    let _ = fresh.build();
    fresh
}

fn return_to_old(test: &SiteTest, old: &Contents) {
    change_back(test);
    let now = contents(&test.build().folder);
    assert_eq!(differences(&now, old), Vec::<String>::new());
    change(test);
}

fn finish_without_litter(test: &SiteTest, old: &Contents) {
    let now = contents(&test.build().folder);
    assert!(!differences(&now, old).is_empty(), "the last build shows the change");
    let mut beside: Vec<String> = fs::read_dir(test.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    // What was fitted to the library is recorded, once it is large enough to tell, and so are its numbers and what is related.
    beside.retain(|name| {
        !["basis", "numbers", "related"].iter().any(|of| *name == format!(".site.mcdewey-{of}"))
    });
    beside.sort();
    assert_eq!(beside, [".site.mcdewey-cache", ".site.mcdewey-lock", "library", "site"]);
}

/// Two editions of a library that differ in texts, in files that come and files that go.
struct Editions {
    test: SiteTest,
    sites: [Contents; 2],
}

impl Editions {
    fn new() -> Editions {
        let test = SiteTest::new();
        let sites = [0, 1].map(|edition| {
            write_edition(&test, edition);
            contents(&fresh_build(&test).site().folder)
        });
        Editions { test, sites }
    }

    fn assert_is(&self, edition: usize) {
        let now = contents(&self.test.site().folder);
        assert_eq!(differences(&now, &self.sites[edition]), Vec::<String>::new());
    }
}

fn write_edition(test: &SiteTest, edition: usize) {
    for number in 0..EDITION_FILES {
        let folder = format!("acme/product-{}/v1/guide", number % 7);
        let text = format!("# Page {number}\n\n[next]({}.md)\n\nEdition {edition}.\n", number + 1);
        test.write(&format!("{folder}/both-{number}.md"), &text);
        test.write(&format!("{folder}/only-{edition}-{number}.md"), &text);
        let _ = fs::remove_file(
            test.library().join(format!("{folder}/only-{}-{number}.md", 1 - edition)),
        );
    }
}

#[test]
fn a_killed_update_is_finished_by_the_next_build() {
    let editions = Editions::new();
    let test = &editions.test;
    let _ = test.build();
    write_edition(test, 0);
    let begin = Instant::now();
    let _ = test.build();
    let build_time = begin.elapsed();
    let (mut killed, mut standing) = (0, 0);
    for round in 0..KILLS * 4 {
        let moment = build_time * (round * 7 % KILLS) / KILLS + build_time / (2 * KILLS);
        write_edition(test, 1 - standing);
        killed += u32::from(kill_after(test, &[], moment));
        assert_links_hold(&test.site());
        // Every other time, the edit is taken back before it is built again.
        if round % 2 == 0 {
            standing = 1 - standing;
        }
        write_edition(test, standing);
        let _ = test.build();
        editions.assert_is(standing);
        if killed == KILLS {
            return;
        }
    }
    panic!("updates end before they can be killed");
}

/// What a host has that is brought up to date by lists alone.
struct Mirror<'a> {
    test: &'a SiteTest,
    folder: PathBuf,
    list: PathBuf,
}

impl Mirror<'_> {
    fn of(test: &SiteTest) -> Mirror<'_> {
        let [folder, list] = ["mirror", "list"].map(|name| test.folder().join(name));
        tree::copy(&test.build().folder, &folder);
        Mirror { test, folder, list }
    }

    fn options(&self) -> [&str; 2] {
        ["--changes", self.list.to_str().unwrap()]
    }

    /// Builds the site to its end and has all of it.
    fn follow(&self) {
        let ran = self.test.try_build(&self.options());
        assert_eq!(ran.code, 0, "{}", ran.err);
        self.take();
        let site = contents(&self.test.site().folder);
        assert_eq!(differences(&contents(&self.folder), &site), Vec::<String>::new());
    }

    /// Takes over what the list tells, if there is one: a build may end before it can be killed.
    fn take(&self) {
        for line in fs::read_to_string(&self.list).unwrap_or_default().lines() {
            let (kind, path) = line.split_once(' ').unwrap();
            let (from, to) = (self.test.site().folder.join(path), self.folder.join(path));
            if kind == "-" {
                let _ = fs::remove_file(to);
                continue;
            }
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
        let _ = fs::remove_file(&self.list);
    }
}

#[test]
fn a_list_of_changes_holds_what_killed_updates_wrote() {
    let test = SiteTest::new();
    write_edition(&test, 0);
    let mirror = Mirror::of(&test);
    let begin = Instant::now();
    write_edition(&test, 1);
    mirror.follow();
    let build_time = begin.elapsed();
    for round in 0..KILLS {
        write_edition(&test, round as usize % 2);
        let moment = build_time * (round * 7 % KILLS) / KILLS;
        let options: &[&str] = if round % 5 == 4 { &["--fresh"] } else { &mirror.options() };
        kill_after(&test, options, moment);
        mirror.take();
        // Every third time, the edit is taken back before it is built again.
        write_edition(&test, usize::from(round % 3 == 0) ^ (round as usize % 2));
        mirror.follow();
    }
}

#[test]
fn a_list_of_changes_that_was_lost_is_told_by_the_next() {
    let test = SiteTest::new();
    write_edition(&test, 0);
    let mirror = Mirror::of(&test);
    write_edition(&test, 1);
    test.try_build(&["--changes", "/dev/full"]).assert_fails(1, &["cannot write /dev/full"]);
    mirror.follow();
    test.write("acme/product-1/v1/guide/both-1.md", "# Page 1\n\nAnew.\n");
    let _ = test.build();
    mirror.follow();
}

#[test]
fn a_list_of_changes_knows_what_a_lost_site_had() {
    let test = SiteTest::new();
    write_edition(&test, 0);
    let mirror = Mirror::of(&test);
    mirror.follow();
    for page in [1, 2] {
        fs::remove_file(
            test.library().join(format!("acme/product-{page}/v1/guide/both-{page}.md")),
        )
        .unwrap();
        fs::remove_dir_all(test.site().folder).unwrap();
        mirror.follow();
    }
    // Some of it lost, and built anew from nothing.
    write_edition(&test, 1);
    fs::remove_dir_all(test.site().folder.join("read")).unwrap();
    assert_eq!(test.try_build(&["--fresh"]).code, 0);
    mirror.follow();
}

/// Every file that can be reached from the home page is there.
fn assert_links_hold(site: &Site) {
    let (mut seen, mut next) = (BTreeSet::new(), vec!["index.html".to_string()]);
    while let Some(url) = next.pop() {
        assert!(site.folder.join(&url).is_file(), "{url} is linked and missing");
        if !url.ends_with(".html") || !seen.insert(url.clone()) {
            continue;
        }
        let tags = html::tags(&site.read(&url));
        let links = tags.iter().flat_map(links).filter(|link| !link.contains(':'));
        let paths = links.map(|link| link.split(['#', '?']).next().unwrap_or_default());
        next.extend(paths.filter(|path| !path.is_empty()).filter_map(|path| resolve(&url, path)));
    }
}

#[test]
fn a_build_that_fails_leaves_the_old_site() {
    let test = SiteTest::new().file("acme/anvil/v1/guide.md", "# Anvil\n\nHeavy.\n");
    let old = contents(&test.build().folder);
    let twice = r#"{"chunk_id":"a::1","source":"acme/anvil/v1/a.md","page":1,"text":"x"}"#;
    test.write("acme/records.jsonl", format!("{twice}\n{twice}\n"));
    assert_eq!(test.try_build(&[]).code, 1);
    assert_eq!(differences(&contents(&test.site().folder), &old), Vec::<String>::new());
}

#[test]
fn two_builds_of_one_site_take_turns() {
    let test = SiteTest::example();
    let mut children: Vec<Child> = (0..3)
        .map(|_| {
            test.build_command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let fresh = contents(&SiteTest::example().build().folder);
    assert_eq!(differences(&contents(&test.site().folder), &fresh), Vec::<String>::new());
}
