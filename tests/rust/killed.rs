//! A build that is killed leaves the old site as it was, and the next build neither fails nor leaves litter.

use std::{
    fs,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use mcdewey_tests::{
    SiteTest,
    tree::{self, Contents, contents, differences},
};

/// So many builds are killed.
const KILLS: u32 = 20;
/// The example stands in the library so many times, so that a build takes long enough to be hit.
const COPIES: usize = 12;

#[test]
fn a_killed_rebuild_leaves_the_old_site_whole() {
    let test = library();
    let begin = Instant::now();
    let old = contents(&test.build().folder);
    let build_time = begin.elapsed();
    change(&test);
    let mut killed = 0;
    for round in 0..KILLS * 4 {
        // Kill moments are spread over the whole build in an order that does not depend on the clock.
        let moment = build_time * (round * 7 % KILLS) / KILLS + build_time / (2 * KILLS);
        if kill_after(&test, moment) {
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
fn kill_after(test: &SiteTest, moment: Duration) -> bool {
    let mut command = test.build_command(&[]);
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
    beside.sort();
    assert_eq!(beside, [".site.mcdewey-lock", "library", "site"]);
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
