//! Bad input: what cannot be built is refused with a sentence that names the place; what can be is built,
//! with a warning. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 warnings under --strict.

use std::fs;

use mcdewey_tests::{SiteTest, html, run};

const GUIDE: &str = "# Anvil\n\nHeavy, made of iron, to be dropped from above.\n";

fn small() -> SiteTest {
    SiteTest::new().file("acme/anvil/v1/guide.md", GUIDE)
}

fn record(id: &str, text: &str) -> String {
    format!(
        "{{\"chunk_id\":\"{id}\",\"source\":\"acme/anvil/v1/notes.md\",\"page\":1,\"text\":\"{text}\"}}\n"
    )
}

#[test]
fn an_id_given_twice_is_an_error_that_names_both_lines() {
    let records = [record("a::1", "one"), record("a::2", "two"), record("a::1", "three")].concat();
    let test = small().file("notes.jsonl", records);
    test.try_build(&[]).assert_fails(1, &["a::1", "notes.jsonl:1", "notes.jsonl:3"]);
    assert!(!test.site().folder.exists(), "a build that failed left a site");
}

#[test]
fn an_id_given_twice_in_two_files_is_found_too() {
    let test = small()
        .file("one.jsonl", record("a::1", "x"))
        .file("two.jsonl", format!("\n{}", record("a::1", "x")));
    test.try_build(&[]).assert_fails(1, &["a::1", "one.jsonl:1", "two.jsonl:2"]);
}

#[test]
fn an_id_of_a_record_may_not_be_that_of_a_markdown_chunk() {
    let id = "acme::anvil::v1::guide::1";
    let test = small().file("notes.jsonl", record(id, "another text"));
    test.try_build(&[]).assert_fails(1, &[id, "notes.jsonl:1", "acme/anvil/v1/guide.md:1"]);
}

#[test]
fn broken_settings_are_refused_with_their_line() {
    let check = |settings: &str, parts: &[&str]| {
        let test = small().file("mcdewey.toml", settings);
        test.try_build(&[]).assert_fails(1, &[&["mcdewey.toml"], parts].concat());
    };
    check("title = \"x\"\ntagline = \"unfinished\n", &["line 2"]);
    check("title = \"x\"\n\ntitel = \"y\"\n", &["line 3", "titel"]);
    check("[chunks]\nwords_low = \"many\"\n", &["line 2", "words_low"]);
    check(
        "[chunks]\nwords_low = 9\nwords_high = 8\n",
        &["line 1", "words_low is 9 and words_high 8"],
    );
    check("[names]\nacme = { nmae = \"Acme\" }\n", &["line 2", "nmae"]);
    check("levels = [\"vendor\", \"aisle\"]\n", &["line 1", "aisle"]);
    check("levels = [\"vendor\", \"vendor\"]\n", &["line 1", "`vendor` stands there twice"]);
    check("language = \"klingon\"\n", &["line 1", "`klingon` is no code of a language"]);
    check("[names]\nacme = \"\"\n", &["line 2", "a name is empty"]);
}

#[test]
fn settings_that_fit_nothing_are_told() {
    let check = |settings: &str, parts: &[&str]| {
        let test = small().file("acme/hammer/v1/guide.md", GUIDE).file("mcdewey.toml", settings);
        test.try_build(&["--strict"]).assert_fails(3, &[&["mcdewey.toml"], parts].concat());
    };
    check("[names]\n\"acme/anvli\" = \"Anvil\"\n", &["acme/anvli", "did you mean \"acme/anvil\""]);
    check(
        "[languages]\n\"nosuch/x\" = \"de\"\n",
        &["[languages] \"nosuch/x\": no source is there"],
    );
    check(
        "[pages]\npath = \"acme/anvli/\"\nstyle = \"marker\"\n",
        &["[pages] \"acme/anvli/\"", "\"acme/anvil\""],
    );
    check(
        "[newest]\n\"acme/anvli\" = \"v1\"\n",
        &["no product with versions is there", "\"acme/anvil\""],
    );
    check("[newest]\n\"acme/anvil\" = \"v11\"\n", &["does not have it", "did you mean \"v1\""]);
    let alias = "[names]\n\"acme/anvil\" = { aliases = [\"Hammer\"] }\n";
    check(alias, &["the alias \"Hammer\" is the name of acme/hammer"]);
    let fits = "[names]\nacme = \"Acme\"\n\"acme/anvil\" = { aliases = [\"anvil\"] }\n\"acme/anvil/v1\" = \"One\"\n\
        \"acme/anvil/v1/guide\" = \"G\"\n[languages]\n\"acme/anvil\" = \"de\"\n";
    let test = small().file("mcdewey.toml", fits);
    assert_eq!(test.try_build(&["--strict"]).code, 0);
}

#[test]
fn names_of_files_do_not_steer_the_terminal() {
    let test = small().file("acme/anvil/v1/\u{1b}[31mred.md", "# Red\n\n[nowhere](gone.md)\n");
    let ran = test.try_build(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("[31mred.md:3: "), "{}", ran.err);
    test.write("mcdewey.toml", "title = 1\n");
    let failed = test.try_build(&["--model", "\u{1b}[31mred"]);
    assert_eq!(failed.code, 1);
    assert!(!format!("{}{}", ran.err, failed.err).contains('\u{1b}'), "{}", ran.err);
}

#[test]
fn a_folder_of_other_files_is_not_overwritten() {
    let test = small();
    let thesis = test.site().folder.join("thesis.doc");
    fs::create_dir(&test.site().folder).unwrap();
    fs::write(&thesis, "years of work").unwrap();
    test.try_build(&[]).assert_fails(1, &["did not write"]);
    assert_eq!(fs::read_to_string(thesis).unwrap(), "years of work");
}

#[test]
fn texts_that_cannot_be_read_are_told() {
    let test = small()
        .file("acme/anvil/v1/manual.docx", "PK")
        .file("acme/anvil/v1/lost.docx", "PK")
        .file("acme/anvil/v1/old.html", "<p>x")
        .file("acme/anvil/v1/draft.RST", "x")
        .file("acme/anvil/v1/picture.png", "x")
        .file(".theme/templates/404.html", "gone")
        .file("acme/anvil/v1/more.md", "# More\n\n[manual](manual.docx)\n");
    for _ in 0..2 {
        let ran = test.try_build(&["--strict"]);
        ran.assert_fails(
            3,
            &["no text that can be read (3)", "v1/lost.docx: ", "v1/old.html: ", "v1/draft.RST: "],
        );
        assert_eq!(ran.count("warnings"), 3, "{}", ran.err);
    }
}

#[test]
fn a_library_is_not_overwritten_by_its_site() {
    let test = small();
    let library = test.library();
    let path = library.to_str().unwrap();
    run(&["build", path, "-o", path]).assert_fails(1, &[]);
    assert_eq!(fs::read_to_string(library.join("acme/anvil/v1/guide.md")).unwrap(), GUIDE);
}

#[test]
fn libraries_that_are_not_there_or_empty_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    fs::create_dir(path("empty")).unwrap();
    run(&["build", &path("nowhere"), "-o", &path("site")])
        .assert_fails(1, &["nowhere", "give the folder"]);
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [folder.path().join("empty")], "no lock, no cache");
    run(&["build", &path("empty"), "-o", &path("site")])
        .assert_fails(1, &["empty", "no documents"]);
    fs::write(path("guide.md"), "# Guide\n").unwrap();
    for command in ["build", "serve"] {
        run(&[command, &path("guide.md"), "-o", &path("site")])
            .assert_fails(1, &["guide.md is a file; give the folder"]);
    }
    fs::write(path("empty/mcdewey.toml"), b"title = \"Kl\xf6ster\"").unwrap();
    run(&["build", &path("empty"), "-o", &path("site")])
        .assert_fails(1, &["save", "mcdewey.toml as UTF-8"]);
    run(&["search", &path("empty"), "word"]).assert_fails(1, &["empty", "mcdewey build"]);
    run(&["serve", &path("nowhere")]).assert_fails(1, &["nowhere"]);
    assert!(!folder.path().join("site").exists());
}

#[test]
fn wrong_arguments_end_with_2_and_teach() {
    run(&["build"]).assert_fails(2, &["LIBRARY"]);
    run(&["search", "site"]).assert_fails(2, &["QUERY"]);
    run(&["search", "site", "word", "--limit", "0"]).assert_fails(2, &["--limit", "1"]);
    run(&["biuld", "x"]).assert_fails(2, &["build"]);
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    for command in ["build", "serve", "search", "Examples"] {
        assert!(help.out.contains(command), "{command} is not in the help");
    }
}

#[test]
fn broken_encodings_are_read_as_well_as_can_be_and_told() {
    let broken = [
        b"# Anvil\n\nHeavy \xc3\x28 and \xc3\xa4rgerlich, ".as_slice(),
        b"s\xc3\xbc\xc3\x9f, iron\xff.\n",
    ]
    .concat();
    let test = small()
        .file("acme/anvil/v1/broken.md", broken)
        .file("acme/anvil/v1/latin.md", b"# Gr\xf6\xdfe\n\nF\xfcr T\xfcren.\n");
    let ran = test.try_build(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("broken.md") && ran.err.contains("latin.md"), "{}", ran.err);
    let site = test.site();
    let text: String = site.pages().iter().map(|url| html::text(&site.read(url))).collect();
    for word in ["ärgerlich", "süß", "Größe", "Für Türen"] {
        assert!(text.contains(word), "{word} is lost");
    }
}

#[test]
fn lines_that_are_no_records_are_warnings_with_their_line() {
    let records =
        [&record("a::1", "good"), "{\"chunk_id\":\"a::2\"\n", "[]\n", &record("a::3", "good too")]
            .concat();
    let test = small().file("notes.jsonl", records);
    let file = test.folder().join("warnings.txt");
    let ran = test.try_build(&["--warnings", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.count("warnings")), (0, 2), "{}", ran.err);
    for place in ["notes.jsonl:2", "notes.jsonl:3"] {
        assert!(ran.err.contains(place), "{place} is not on screen:\n{}", ran.err);
    }
    let written = fs::read_to_string(file).unwrap();
    assert_eq!(written.lines().count(), 2, "{written}");
    assert!(written.contains("notes.jsonl:2: "), "{written}");
    assert_eq!(test.site().ids(&["good"]).len(), 2);
}

#[test]
fn warnings_of_a_kind_are_shown_twenty_times_and_written_all() {
    let test = small().file("notes.jsonl", "no record\n".repeat(50));
    let file = test.folder().join("warnings.txt");
    let ran = test.try_build(&["--warnings", file.to_str().unwrap()]);
    assert_eq!(ran.count("warnings"), 50);
    assert_eq!(ran.err.matches("notes.jsonl:").count(), 20, "{}", ran.err);
    assert!(ran.err.contains("30 more"), "{}", ran.err);
    assert_eq!(fs::read_to_string(file).unwrap().lines().count(), 50);
}

#[test]
fn what_programs_keep_in_the_library_is_not_published() {
    let test = small()
        .file("acme/anvil/v1/.notes/more.md", "# More\n\nHidden, but meant.\n")
        .file("acme/anvil/v1/.theme/text.md", "# Theme\n\nOf the guide, not of the site.\n")
        .file("acme/.obsidian/plugins/readme.md", "# Plugin\n")
        .file(".venv/lib/licence.txt", "Free.\n")
        .file(".git/description.txt", "Unnamed.\n")
        .file(".theme/static/notes.txt", "Why it is green.\n")
        .file(".theme/root/robots.txt", "User-agent: *\n");
    let ran = test.try_build(&[]);
    assert_eq!((ran.code, ran.count("sources")), (0, 3), "{}{}", ran.out, ran.err);
    let site = test.site();
    assert_eq!(site.read("robots.txt"), "User-agent: *\n");
    let is_theirs = |page: &&String| {
        ["obsidian", "licence", "description", "static", "robots"]
            .iter()
            .any(|name| page.contains(name))
    };
    assert_eq!(site.pages().iter().find(is_theirs), None);
}

#[test]
fn strict_builds_end_with_3_but_write_the_site() {
    let test = small().file("notes.jsonl", "no record\n");
    assert_eq!(test.try_build(&["--strict"]).code, 3);
    assert!(test.site().folder.join("index.html").is_file());
    assert_eq!(small().try_build(&["--strict"]).code, 0, "a clean library has no warnings");
}

#[test]
fn what_looks_like_a_tag_is_shown_and_what_runs_is_not() {
    let text = "# Anvil\n\nPUT https://<FQDN>/api/<dialogId> with vector<int> and <iostream>.\n\n\
        <script>alert(1)</script>\n\n<b onclick=\"alert(2)\">bold</b>\n\n[link](javascript:alert(3))\n";
    let site = SiteTest::new().file("acme/anvil/v1/guide.md", text).build();
    for url in site.pages().iter().filter(|url| url.contains("anvil/v1/guide")) {
        let page = site.read(url);
        let shown = html::text(&page);
        let (_, main) = page.split_once("<main").unwrap();
        assert!(
            !main.contains("<script")
                && !main.contains("javascript:alert")
                && !main.contains(" onclick="),
            "{url}"
        );
        if url.starts_with("read/") || url.starts_with("acme/") {
            let letters: String = shown.split_whitespace().collect();
            for part in
                ["https://<FQDN>/api/<dialogId>", "vector<int>", "<iostream>", "alert(1)", "bold"]
            {
                assert!(letters.contains(part), "{part} is lost in {url}:\n{letters}");
            }
        }
    }
}
