//! Where a site goes, and what is told of it: nothing that is not the site's is lost, and what cannot be told is said before any work.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use mcdewey_tests::{SiteTest, program, run};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of a test is text")
}

#[test]
fn a_library_inside_its_site_is_refused() {
    let test = SiteTest::example();
    let site = test.build();
    let inside = site.folder.join("src");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("guide.md"), "# Anvil\n").unwrap();
    for library in [&inside, &site.folder] {
        let ran = run(&["build", text(library), "-o", text(&site.folder)]);
        ran.assert_fails(1, &["lies in the site", "choose another folder with -o"]);
    }
    assert!(inside.join("guide.md").exists());
}

#[test]
fn a_site_behind_a_link_is_built_where_the_link_leads() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let [real, link] = ["real", "link"].map(|name| test.folder().join(name));
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    for options in [&[][..], &["--fresh"]] {
        let ran = run(&[&["build", text(&test.library()), "-o", text(&link)], options].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(real.join("index.html").exists());
    }
    fs::remove_file(&link).unwrap();
    symlink(test.folder().join("nowhere"), &link).unwrap();
    let ran = run(&["build", text(&test.library()), "-o", text(&link)]);
    ran.assert_fails(1, &["is a link that leads nowhere"]);
}

#[test]
fn a_site_that_was_made_read_only_is_replaced_and_builds_go_on() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    // The superuser may remove anything: where it runs this, somebody else builds.
    let copy = test.folder().join("mcdewey");
    fs::copy(program().get_program(), &copy).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let folder = text(test.folder());
    if is_root {
        assert!(Command::new("chown").args(["-R", "65534", folder]).status().unwrap().success());
    }
    let build = || {
        let mut command = Command::new(&copy);
        command.args(["build", text(&test.library()), "-o", text(&test.site().folder)]);
        if is_root {
            command.uid(65534);
        }
        let out = command.output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    build();
    for text in ["It falls fast.", "It falls slowly."] {
        assert!(
            Command::new("chmod")
                .args(["-R", "a-w"])
                .arg(test.site().folder)
                .status()
                .unwrap()
                .success()
        );
        test.write("acme/anvil/guide.md", format!("# Anvil\n\n{text}\n"));
        build();
        assert!(test.site().read("read/acme/anvil/guide.html").contains(text));
        assert!(!test.folder().join(".site.mcdewey-new").exists());
    }
}

#[test]
fn a_whole_build_leaves_the_site_to_those_who_may_read_it() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let folder = test.build().folder;
    // The superuser may give a folder to any group.
    let group = if fs::metadata(&folder).unwrap().uid() == 0 { Some(65534) } else { None };
    std::os::unix::fs::chown(&folder, None, group).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o2750)).unwrap();
    let rights = |path: &str| {
        let found = fs::metadata(folder.join(path)).unwrap();
        (found.mode() & 0o7777, found.gid())
    };
    let (mode, group) = rights("");
    assert_eq!(test.try_build(&["--fresh"]).code, 0);
    assert_eq!(rights(""), (mode, group));
    for path in ["index.html", "search", "search/root.js", "acme/anvil"] {
        assert_eq!(rights(path).1, group, "{path}");
    }
    test.write("acme/anvil/more.md", "# More\n\nIt falls fast.\n");
    assert_eq!(test.try_build(&[]).code, 0);
    assert_eq!((rights(""), rights("index.html").1), ((mode, group), group));
}

#[test]
fn lists_that_cannot_be_written_are_told_before_the_site_changes() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    for option in ["--changes", "--warnings"] {
        let ran = test.try_build(&[option, "/nowhere/list"]);
        ran.assert_fails(1, &["cannot write /nowhere/list"]);
        assert!(!test.site().folder.exists());
    }
}

#[test]
fn a_picture_that_cannot_be_copied_ends_the_build() {
    let test = SiteTest::new()
        .file("acme/anvil/guide.md", "# Anvil\n\n![Anvil](anvil.png)\n")
        .file("acme/anvil/anvil.png", vec![0; 16 << 20]);
    // No other file of the site becomes as large: it is as if the disk were full.
    let limited = "trap '' XFSZ; ulimit -f 4096; exec \"$@\"";
    let build = test.build_command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", limited, "sh"]).arg(build.get_program()).args(build.get_args());
    let ran = command.output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot copy acme/anvil/anvil.png"), "{told}");
    assert!(!test.site().folder.exists());
}

#[test]
fn settings_under_another_name_are_a_warning_and_no_guide() {
    for name in ["mcdewey.toml.txt", "McDewey.toml"] {
        let test = SiteTest::new()
            .file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n")
            .file(name, "title = \"Handbooks\"\n");
        let ran = test.try_build(&[]);
        let told = format!("{name}: its settings are not applied");
        assert!(ran.code == 0 && ran.err.contains(&told), "{}", ran.err);
        assert_eq!(ran.count("sources"), 1);
        test.write("mcdewey.toml", "title = \"Handbooks\"\n");
        assert!(!test.try_build(&[]).err.contains("its settings"));
    }
}

#[test]
fn a_newest_version_that_is_not_there_is_a_warning() {
    let test = SiteTest::new()
        .file("acme/anvil/1.0/guide.md", "# Anvil\n\nIt falls slowly.\n")
        .file("acme/anvil/2.0/guide.md", "# Anvil\n\nIt falls.\n")
        .file("mcdewey.toml", "[newest]\n\"acme/anvil\" = \"2.1\"\n");
    let ran = test.try_build(&["--strict"]);
    ran.assert_fails(3, &["no such version", "2.1 of acme/anvil"]);
    assert_eq!(test.site().ids(&["falls"]), ["acme::anvil::2.0::guide::1"]);
}

#[test]
fn whoever_reads_the_output_may_stop() {
    let test = SiteTest::example();
    let site = test.build();
    let (site, library) = (text(&site.folder), test.library());
    let commands: [&[&str]; 4] = [
        &["search", site, "the", "--limit", "500", "--json"],
        &["export", "headers", "nginx"],
        &["export", "check", site],
        &["build", text(&library), "-o", site],
    ];
    for arguments in commands {
        let mut child = Command::new(program().get_program());
        let child = child.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code().is_some_and(|code| code < 100), "{arguments:?}: {err}");
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    }
}

#[test]
fn whoever_reads_messages_may_stop() {
    let test = SiteTest::example().file("acme/broken.md", "# Broken\n\n[nowhere](nowhere.md)\n");
    let (library, site) = (test.library(), test.site().folder);
    let check = |arguments: &[&str], code: i32| {
        let mut command = program();
        command.args(arguments).env("MCDEWEY_LOG", "trace").stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments:?}");
    };
    check(&["build", text(&library), "-o", text(&site)], 0);
    assert!(site.join("index.html").exists());
    check(&["export", "check", text(&site)], 0);
    check(&["search", text(&library), "anvil"], 1);
}

#[test]
fn ids_reach_no_terminal_as_commands() {
    let test = SiteTest::new().file("acme/anvil/a\u{1b}[31mb.md", "# Anvil\n\nIt falls.\n");
    let site = test.build();
    let ran = site.try_search(&["falls"]);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
}

#[test]
fn a_port_that_is_taken_is_told_before_a_library_is_built() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let site = test.site().folder;
    let ran = run(&["serve", text(&test.library()), "-o", text(&site), "--addr", &address]);
    ran.assert_fails(1, &["cannot listen on", "Choose another with --addr"]);
    assert!(!site.exists());
}

#[test]
fn a_host_that_no_request_can_name_is_refused() {
    let check = |option: &str, value: &str, expected: &str| {
        run(&["serve", "nowhere", option, value]).assert_fails(2, &[option, expected]);
    };
    check("--allow-host", "https://docs.example.com/", "without https://");
    check("--allow-host", "*", "e.g. docs.example.com");
    check("--allow-origin", "app.example.com", "e.g. https://app.example.com");
}

#[test]
fn an_address_to_listen_on_may_be_a_name() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let site = test.build();
    let serve = |arguments: &[&str]| run(&[&["serve", text(&site.folder)], arguments].concat());
    serve(&["--addr", "8202"]).assert_fails(2, &["e.g. 127.0.0.1:8202"]);
    serve(&["--port", "8202"]).assert_fails(2, &["--addr 127.0.0.1:8202"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let name = format!("localhost:{}", taken.local_addr().unwrap().port());
    let mut child = program();
    let child = child.args(["serve", text(&site.folder), "--addr", &name]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Where the name has a second address, that is taken; else it is said that the first is not free.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(
        line.starts_with("Serving ") || err.contains("cannot listen on 127.0.0.1"),
        "{line}{err}"
    );
}

#[test]
fn judged_documents_that_a_site_lacks_are_counted() {
    let test = SiteTest::new()
        .file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n")
        .file("acme/cards.jsonl", "{\"_id\":\"card7\",\"text\":\"A card.\"}\n");
    let site = test.build();
    let [queries, judged] = ["queries.jsonl", "judged.tsv"].map(|name| test.folder().join(name));
    fs::write(&queries, "{\"_id\":\"q\",\"text\":\"falls\"}\n").unwrap();
    let eval = |lines: &str| {
        fs::write(&judged, lines).unwrap();
        let files = ["--queries", text(&queries), "--qrels", text(&judged)];
        run(&[&["eval", text(&site.folder)], &files[..]].concat()).err
    };
    let there = "q\tacme/anvil/guide.md\t1\nq\tacme::anvil::guide\t1\nq\tcard7\t1\nq\tgone.md\t0\n";
    assert_eq!(eval(there), "");
    let err = eval(&format!("{there}q\tacme/a.md\t1\nq\tcard8\t2\n"));
    assert!(err.contains("2 judged documents are not in the site"), "{err}");
    assert!(err.contains("acme/a.md, card8"), "{err}");
}

#[test]
fn a_list_of_changes_may_go_to_standard_output() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let ran = test.try_build(&["--changes", "-"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut files = test.site().files();
    files.retain(|path| path != ".mcdewey");
    let listed: Vec<&str> = ran.out.lines().filter_map(|line| line.strip_prefix("+ ")).collect();
    assert_eq!(
        (listed, ran.out.lines().count()),
        (files.iter().map(String::as_str).collect(), files.len())
    );
    assert!(ran.err.contains("everything") || ran.err.contains("written"), "{}", ran.err);
}

#[test]
fn warnings_may_go_to_standard_output() {
    let text = "# Anvil\n\nIt [falls](gone.md).\n";
    let test = SiteTest::new().file("acme/anvil/guide.md", text);
    let ran = test.try_build(&["--warnings", "-"]);
    let expected = "link leads nowhere: acme/anvil/guide.md:3: gone.md\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, expected), "{}", ran.err);
    assert!(ran.err.contains("warnings  1") && !ran.err.contains("gone.md"), "{}", ran.err);
    assert!(!Path::new("-").exists());
    for file in ["-", "list.txt"] {
        let ran = test.try_build(&["--warnings", file, "--changes", file]);
        ran.assert_fails(1, &["--changes and --warnings both name"]);
    }
}

#[test]
fn a_site_inside_its_library_is_built_once_for_each_change() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let link = test.folder().join("link");
    symlink(test.library(), &link).unwrap();
    let mut serve = program();
    serve.args(["serve", text(&test.library()), "-o", text(&link.join("site"))]);
    serve.args(["--addr", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut served = serve.spawn().unwrap();
    let said = BufReader::new(served.stdout.take().unwrap()).lines();
    assert!(said.map_while(Result::ok).any(|line| line.starts_with("Serving")));
    test.write("acme/anvil/guide.md", "# Anvil\n\nIt falls fast.\n");
    std::thread::sleep(Duration::from_secs(6));
    served.kill().unwrap();
    let log = String::from_utf8(served.wait_with_output().unwrap().stderr).unwrap();
    let builds = log.matches("the site is built anew").count();
    // An editor's steps may be seen apart on a busy machine.
    assert!((1..=3).contains(&builds), "{builds} builds:\n{log}");
}

#[test]
fn a_build_that_fails_leaves_nothing_behind() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let site = test.build();
    fs::remove_file(test.library().join("acme/anvil/guide.md")).unwrap();
    let list = test.folder().join("changes");
    let ran = test.try_build(&["--changes", text(&list)]);
    ran.assert_fails(1, &["holds no documents"]);
    assert!(!list.exists());
    assert!(!test.folder().join(".site.mcdewey-new").exists());
    assert!(site.folder.join("index.html").exists(), "the old site stays");
}

#[test]
fn an_address_that_is_none_of_a_site_is_refused() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let ran = test.try_build(&["--base-url", "docs.example.com"]);
    ran.assert_fails(2, &["no address of a site, such as https://docs.example.com/"]);
}

#[test]
fn files_of_the_theme_stand_at_the_root_and_stay_there() {
    let test = SiteTest::new()
        .file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n")
        .file(".theme/root/CNAME", "docs.example.com\n")
        .file(".theme/root/.well-known/security.txt", "Contact: mailto:a@example.com\n")
        .file(".theme/root/.htaccess", "DirectoryIndex index.html\n")
        .file(".theme/root/index.html", "mine")
        .file(".theme/root/acme", "mine")
        .file(".theme/root/files.html", "mine")
        .file(".theme/root/search/library.json", "{}")
        .file(".theme/root/Assets/mine.js", "mine")
        .file(".theme/root/.secret", "mine");
    let check = |options: &[&str]| {
        let ran = test.try_build(options);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("file for the site's root not taken (6)"), "{}", ran.err);
        assert!(ran.err.contains("the site keeps this file or folder"), "{}", ran.err);
        let site = test.site();
        assert_eq!(site.read("CNAME"), "docs.example.com\n");
        assert!(site.read(".well-known/security.txt").starts_with("Contact: "));
        assert!(site.read("index.html").starts_with("<!doctype html>"));
        assert!(!site.folder.join(".secret").exists() && site.folder.join("acme").is_dir());
        // What Apache shows to nobody, no mirror can fetch.
        assert_eq!(site.read(".htaccess"), "DirectoryIndex index.html\n");
        let files = site.read("files.html");
        assert!(files.contains("href=\".well-known/security.txt\"") && !files.contains("htaccess"));
        assert!(site.read("search/library.json").len() > 2 && !site.folder.join("Assets").exists());
        let ran = run(&["export", "check", text(&site.folder)]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    };
    check(&[]);
    test.write("acme/anvil/guide.md", "# Anvil\n\nIt falls fast.\n");
    check(&[]);
    check(&["--fresh"]);
    fs::remove_file(test.library().join(".theme/root/CNAME")).unwrap();
    assert_eq!(test.try_build(&[]).code, 0);
    assert!(!test.site().folder.join("CNAME").exists());
}

#[test]
fn a_theme_may_include_templates_of_its_own_and_is_told_what_changes_nothing() {
    let test = SiteTest::new()
        .file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n")
        .file(".theme/templates/404.html", "gone{% include \"partials/mine.html\" %}{% include 'one.html' %}{% include `two.html` %}")
        .file(".theme/templates/partials/mine.html", " for good")
        .file(".theme/templates/one.html", " and")
        .file(".theme/templates/two.html", " all")
        .file(".theme/templates/serach.html", "{% what is this")
        .file(".theme/static/css/pages.css", "a { color: red; }")
        .file(".theme/static/.DS_Store", "hidden");
    let ran = test.try_build(&[]);
    ran.assert_fails(1, &["serach.html"]);
    test.write(".theme/templates/serach.html", "never shown");
    let ran = test.try_build(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(test.site().read("404.html"), "gone for good and all");
    assert!(ran.err.contains("file of the theme that changes nothing (2)"), "{}", ran.err);
    for file in ["templates/serach.html", "static/css/pages.css"] {
        assert!(ran.err.contains(&format!(".theme/{file}")), "{file}: {}", ran.err);
    }
}

#[test]
fn a_site_whose_address_is_known_has_a_sitemap_of_its_newest_versions() {
    let test = SiteTest::new()
        .file("acme/anvil/1.0/guide.md", "# Anvil\n\nIt falls.\n")
        .file("acme/anvil/2.0/guide.md", "# Anvil\n\nIt falls fast.\n");
    assert_eq!(test.try_build(&[]).code, 0);
    assert!(!test.site().folder.join("sitemap.xml").exists());
    assert_eq!(test.try_build(&["--base-url", "https://docs.example.com/a&b"]).code, 0);
    let site = test.site();
    let sitemap = site.read("sitemap.xml");
    let urls: Vec<&str> = sitemap
        .split("<loc>https://docs.example.com/a&amp;b/")
        .skip(1)
        .map(|rest| rest.split("</loc>").next().unwrap())
        .collect();
    assert!(urls.contains(&"") && urls.contains(&"read/acme/anvil/2.0/guide.html"), "{urls:?}");
    assert!(!urls.iter().any(|url| url.contains("1.0")), "{urls:?}");
    for url in urls.iter().filter(|url| !url.is_empty()) {
        assert!(site.folder.join(url).exists(), "{url}");
    }
}

#[test]
fn a_vendor_shares_its_page_with_a_product_of_its_name() {
    let test = SiteTest::new()
        .file("acme/intro.md", "# Intro\n\nWho we are.\n")
        .file("acme/anvil/v1/guide.md", "# Anvil\n\nIt falls.\n");
    let check = || {
        let site = test.build();
        let shows = |page: &str, url: &str| {
            let text = site.read(page);
            assert!(text.contains(&format!("{url}\"")), "{page} has no link to {url}:\n{text}");
            assert!(site.folder.join(url).is_file(), "{url}");
        };
        shows("index.html", "browse/acme.html");
        shows("browse/acme.html", "browse/acme/guide-intro.html");
        shows("browse/acme.html", "browse/acme/anvil.html");
        shows("browse/acme/guide-intro.html", "browse/acme.html");
        shows("browse/acme/guide-intro.html", "read/acme/intro.html");
        shows("browse/acme/anvil.html", "browse/acme.html");
        shows("read/acme/intro.html", "browse/acme.html");
        let files = site.files();
        assert!(files.iter().any(|file| file == "browse/acme/anvil/v1.html"), "{files:?}");
    };
    check();
    test.write("acme/intro.md", "# Intro\n\nWho we were.\n");
    check();
}
