//! Same library, same bytes: whatever the number of threads, the folder, or what stood there before.

use mcdewey_tests::{
    SiteTest,
    tree::{contents, differences},
};

#[test]
fn the_number_of_threads_changes_nothing() {
    let test = SiteTest::example();
    assert_eq!(test.try_build(&["--jobs", "1"]).code, 0);
    let one = contents(&test.site().folder);
    assert_eq!(test.try_build(&["--jobs", "2"]).code, 0);
    let two = contents(&test.site().folder);
    assert!(one.len() > 100, "the site has {} files only", one.len());
    assert_eq!(differences(&one, &two), Vec::<String>::new());
}

#[test]
fn the_memory_of_the_index_changes_nothing() {
    let test = SiteTest::example();
    assert_eq!(test.try_build(&["--memory", "1G"]).code, 0);
    let held = contents(&test.site().folder);
    for memory in ["0", "300K"] {
        assert_eq!(test.try_build(&["--memory", memory]).code, 0);
        let spilled = contents(&test.site().folder);
        assert_eq!(differences(&held, &spilled), Vec::<String>::new(), "{memory}");
    }
    test.try_build(&["--memory", "much"]).assert_fails(2, &["--memory", "512M"]);
}

#[test]
fn the_memory_of_the_index_changes_nothing_where_many_passages_are_new() {
    let page = |at: usize| {
        let words: Vec<String> = (0..100).map(|word| format!("word{at}x{word}")).collect();
        format!("# Page {at}\n\n{}.\n", words.join(" "))
    };
    let [held, spilled] = [SiteTest::new(), SiteTest::new()];
    for test in [&held, &spilled] {
        (0..200).for_each(|at| test.write(&format!("acme/anvil/guide/{at}.md"), page(at)));
        let _ = test.build();
        (200..240).for_each(|at| test.write(&format!("acme/anvil/guide/{at}.md"), page(at)));
    }
    let _ = held.build();
    let ran = spilled.try_build(&["--memory", "0"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sites = [&held, &spilled].map(|test| contents(&test.site().folder));
    assert_eq!(differences(&sites[0], &sites[1]), Vec::<String>::new());
}

#[test]
fn a_copy_of_the_library_elsewhere_gives_the_same_site() {
    let (here, there) = (SiteTest::example(), SiteTest::example());
    assert_ne!(here.folder(), there.folder());
    let (one, other) = (contents(&here.build().folder), contents(&there.build().folder));
    assert_eq!(differences(&one, &other), Vec::<String>::new());
}

#[test]
fn a_rebuild_leaves_nothing_of_what_is_gone() {
    let test =
        SiteTest::example().file("acme/anvil/v1/guide.md", "# Anvil\n\nDrop it from above.\n");
    let _ = test.build();
    std::fs::remove_dir_all(test.library().join("acme")).unwrap();
    let after = contents(&test.build().folder);
    let fresh = SiteTest::example();
    fresh.record_like(&test);
    let fresh = contents(&fresh.build().folder);
    assert_eq!(differences(&after, &fresh), Vec::<String>::new());
}

#[test]
fn an_edit_rewrites_only_the_pages_that_show_it() {
    let page = |word: &str| format!("# Anvil\n\nDrop it from {word}.\n");
    let test = SiteTest::example().file("acme/anvil/v1/guide.md", page("above"));
    let before = contents(&test.build().folder);
    test.write("acme/anvil/v1/guide.md", page("aloft"));
    let after = contents(&test.build().folder);
    let mut changed = differences(&before, &after);
    changed.retain(|path| path.ends_with(".html") && !path.ends_with("files.html"));
    let shows = |path: &String| path.contains("anvil/v1/guide");
    assert!(!changed.is_empty() && changed.iter().all(shows), "{changed:?}");
}
