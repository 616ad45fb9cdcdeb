//! A site on its way out: archives that are the site to the byte, settings for hosts, and a check that names every damage.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::{FileTypeExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mcdewey_tests::{Ran, Site, SiteTest, program, run, tree};

fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are plain")
}

fn check(site: &Path) -> Ran {
    run(&["export", "check", text(site)])
}

/// A copy of the example's site, to be damaged.
fn copy(test: &SiteTest, name: &str) -> PathBuf {
    let folder = test.folder().join(name);
    tree::copy(&test.site().folder, &folder);
    folder
}

/// What a host does to a file.
type Harm = fn(&mut Vec<u8>);

#[test]
fn a_zip_is_the_site_and_the_same_whenever_the_site_is() {
    let test = SiteTest::example();
    let site = test.build();
    let archive = |name: &str| {
        let file = test.folder().join(name);
        let ran = run(&["export", text(&site.folder), "--zip", text(&file)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        file
    };
    let first = archive("first.zip");
    assert_eq!(test.try_build(&["--fresh", "--jobs", "1"]).code, 0);
    assert_eq!(fs::read(&first).unwrap(), fs::read(archive("second.zip")).unwrap());
    let mut zip = zip::ZipArchive::new(fs::File::open(&first).unwrap()).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, site.files());
    for name in names {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        assert!(bytes == fs::read(site.folder.join(&name)).unwrap(), "{name}");
    }
}

/// The dates of the files in an archive, by path.
fn dates(file: &Path) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let files = zip.len();
    let dated = |at| {
        let file = zip.by_index(at).unwrap();
        (file.name().unwrap().into_owned(), file.last_modified().unwrap().to_string())
    };
    (0..files).map(dated).collect()
}

#[test]
fn what_changed_has_another_date_in_the_zip_though_not_another_size() {
    let test = SiteTest::new()
        .file("acme/anvil/guide.md", "# Anvil\n\nPort 8080.\n")
        .file("acme/anvil/other.md", "# Other\n\nIt stays.\n");
    let archive = || {
        let (site, file) = (test.build(), test.folder().join("site.zip"));
        let ran = run(&["export", text(&site.folder), "--zip", text(&file)]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        (dates(&file), tree::contents(&site.folder).into_iter().collect::<BTreeMap<_, _>>())
    };
    let (old_dates, old) = archive();
    test.write("acme/anvil/guide.md", "# Anvil\n\nPort 8443.\n");
    let (new_dates, new) = archive();
    let changed: Vec<&String> =
        new.keys().filter(|path| old.get(*path) != new.get(*path)).collect();
    assert!(
        changed.iter().any(|path| old.get(*path).is_some_and(|was| was.len() == new[*path].len()))
    );
    for (path, date) in &new_dates {
        let is_same = old_dates.get(path) == Some(date);
        assert_eq!(is_same, !changed.contains(&path), "{path} {date}");
        assert!((1990..2020).contains(&date[..4].parse::<u32>().unwrap()), "{path} {date}");
    }
}

#[test]
fn a_copy_without_what_is_hidden_is_a_site_to_read_and_none_to_write_over() {
    let test = SiteTest::example();
    let site = test.build();
    let folder = copy(&test, "copy");
    fs::remove_file(folder.join(".mcdewey")).unwrap();
    let folder_text = text(&folder);
    let file = test.folder().join("site.zip");
    for asked in [
        &["search", folder_text, "port"][..],
        &["index-stats", folder_text],
        &["mcp", folder_text],
        &["export", folder_text, "--zip", text(&file)],
    ] {
        let ran = run(asked);
        assert_eq!(ran.code, 0, "{asked:?}: {}", ran.err);
    }
    let ran = run(&["build", text(&test.library()), "-o", folder_text]);
    ran.assert_fails(1, &["holds files that McDewey did not write"]);
    // An archive of the copy is an archive of the site, and what comes out of it may be built anew.
    let own = test.folder().join("own.zip");
    assert_eq!(run(&["export", text(&site.folder), "--zip", text(&own)]).code, 0);
    assert!(fs::read(&own).unwrap() == fs::read(&file).unwrap());
    let unpacked = test.folder().join("unpacked");
    zip::ZipArchive::new(fs::File::open(&own).unwrap()).unwrap().extract(&unpacked).unwrap();
    assert_eq!(run(&["build", text(&test.library()), "-o", text(&unpacked)]).code, 0);
}

#[test]
fn a_zip_waits_for_a_build_of_its_site() {
    let test = SiteTest::example();
    let (site, file) = (test.build(), test.folder().join("site.zip"));
    let lock = fs::File::open(test.folder().join(".site.mcdewey-lock")).unwrap();
    lock.lock().unwrap();
    let mut export = program();
    export.args(["export", text(&site.folder), "--zip", text(&file)]).stdout(Stdio::null());
    let mut export = export.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(export.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("waiting") && !file.exists(), "{said}");
    lock.unlock().unwrap();
    assert!(export.wait().unwrap().success() && file.exists());
}

#[test]
fn a_zip_of_no_site_is_refused_and_the_old_archive_stays() {
    let test = SiteTest::example();
    let file = test.folder().join("old.zip");
    fs::write(&file, "old").unwrap();
    let ran = run(&["export", text(&test.library()), "--zip", text(&file)]);
    ran.assert_fails(1, &["is not a site built by McDewey"]);
    assert_eq!(fs::read(&file).unwrap(), b"old");
    run(&["export", text(&test.library())]).assert_fails(2, &["--zip", "--zim"]);
}

#[test]
fn an_archive_lies_outside_its_site_and_holds_all_of_it() {
    let test = SiteTest::example();
    let site = test.build();
    let inside = site.folder.join("assets/site.zip");
    let ran = run(&["export", text(&site.folder), "--zip", text(&inside)]);
    ran.assert_fails(1, &["would lie in the site itself"]);
    assert!(!inside.exists());
    let file = test.folder().join("site.zip");
    for lost in ["catalogue.js", "root.js"] {
        let folder = copy(&test, lost);
        fs::remove_file(folder.join("search").join(lost)).unwrap();
        let ran = run(&["export", text(&folder), "--zip", text(&file)]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (3, format!("missing search/{lost}\n").as_str()),
            "{}",
            ran.err
        );
        assert!(!file.exists());
    }
}

#[test]
fn an_archive_takes_the_place_of_a_file_and_of_nothing_else() {
    let test = SiteTest::example();
    let site = test.build();
    let place = |name: &str| test.folder().join(name);
    let export = |file: &Path, kind: &str| run(&["export", text(&site.folder), kind, text(file)]);
    let (pipe, folder) = (place("pipe"), place("folder"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::create_dir(&folder).unwrap();
    symlink(&pipe, place("link-to-pipe")).unwrap();
    for name in ["pipe", "folder", "link-to-pipe"] {
        for kind in ["--zip", "--zim"] {
            export(&place(name), kind).assert_fails(1, &["is there and no regular file"]);
        }
    }
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    export(Path::new("-"), "--zip").assert_fails(1, &["not written to standard output"]);
    // Behind a link, the file that it leads to becomes the new one.
    let (real, link) = (folder.join("real.zip"), place("site.zip"));
    fs::write(&real, "old").unwrap();
    symlink(&real, &link).unwrap();
    assert_eq!(export(&link, "--zip").code, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read(&real).unwrap().starts_with(b"PK"));
    let beside = fs::read_dir(&folder).unwrap().count();
    assert_eq!(beside, 1, "nothing is left beside it");
}

#[test]
fn who_may_read_an_archive_is_left_to_the_umask() {
    let test = SiteTest::example();
    let (site, file) = (test.build(), test.folder().join("site.zip"));
    let program = program();
    let export = format!(
        "umask 027; exec {} export {} --zip {}",
        text(Path::new(program.get_program())),
        text(&site.folder),
        text(&file)
    );
    assert!(Command::new("sh").args(["-c", &export]).status().unwrap().success());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_zim_passes_zimcheck() {
    let test = SiteTest::example();
    let site = test.build();
    let file = test.folder().join("site.zim");
    let ran = run(&["export", text(&site.folder), "--zim", text(&file)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let checked = Command::new("zimcheck").arg(&file).output().expect("zimcheck is installed");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && said.contains("Overall Test Status: Pass"), "{said}");
}

#[test]
fn a_site_as_it_was_built_has_no_findings() {
    let test = SiteTest::example();
    let site = test.build();
    let ran = check(&site.folder);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    // After an update, too.
    test.write("lumen-switch/edge-os/handbook.md", "# Handbook\n\nRewritten from the ground up.\n");
    let ran = check(&test.build().folder);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[test]
fn a_site_with_many_lists_of_vectors_has_no_findings() {
    let test = SiteTest::new();
    let words = ["disk", "router", "queue", "licence", "printer", "alarm", "backup", "session"];
    for at in 0..1_900usize {
        let word = |step: usize| words[(at / step + step) % words.len()];
        let text = format!("The {} of the {} and the {} number n{at}.", word(1), word(7), word(61));
        test.write(&format!("acme/anvil/guide/{at}.md"), format!("# Part {at}\n\n{text}\n"));
    }
    let site = test.build();
    let lists = site.files().iter().filter(|file| file.starts_with("search/m/")).count();
    assert!(lists > 5, "{lists} lists only");
    let ran = check(&site.folder);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn every_damage_is_named() {
    let test = SiteTest::example();
    assert_eq!(test.try_build(&["--base-url", "https://docs.example.com/"]).code, 0);
    let site = test.site();
    let find = |prefix: &str, ending: &str| find(&site, prefix, ending);
    let flip: Harm = |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    let harm: [(&str, String, Harm); 12] = [
        ("damaged", find("search/w/", ".js"), |bytes| bytes[40] ^= 1),
        ("damaged", find("search/t/", ".js"), |bytes| bytes.truncate(bytes.len() - 3)),
        ("damaged", find("assets/app.", ".js"), |bytes| bytes.retain(|byte| *byte != b'\n')),
        ("damaged", find("offline/", ".pack"), |bytes| bytes[9] ^= 1),
        ("damaged", find("northwind-voice/", ".html"), minify),
        ("damaged", find("read/", ".html"), minify),
        ("damaged", find("browse/", ".html"), |bytes| bytes.truncate(bytes.len() / 2)),
        ("damaged", "search/root.js".to_string(), |bytes| bytes[20] ^= 1),
        ("damaged", "search/library.json".to_string(), flip),
        ("damaged", "sw.js".to_string(), flip),
        ("damaged", "sitemap.xml".to_string(), flip),
        ("damaged", "404.html".to_string(), flip),
    ];
    for (at, (finding, path, change)) in harm.iter().enumerate() {
        let folder = copy(&test, &format!("copy-{at}"));
        let mut bytes = fs::read(folder.join(path)).unwrap();
        change(&mut bytes);
        fs::write(folder.join(path), bytes).unwrap();
        let ran = check(&folder);
        assert_eq!(ran.code, 3, "{path}");
        assert!(ran.out.contains(&format!("{finding} {path}\n")), "{path}:\n{}", ran.out);
    }
}

fn find(site: &Site, prefix: &str, ending: &str) -> String {
    let files = site.files();
    let is_it = |path: &&String| path.starts_with(prefix) && path.ends_with(ending);
    files.iter().find(is_it).unwrap_or_else(|| panic!("{prefix}*{ending}")).clone()
}

/// As hosts do that "optimise" pages.
fn minify(page: &mut Vec<u8>) {
    let text = String::from_utf8(std::mem::take(page)).unwrap();
    *page = text.replace(">\n<", "><").into_bytes();
}

#[test]
fn what_is_missing_or_foreign_is_named_in_a_copy_too() {
    let test = SiteTest::example();
    let site = test.build();
    let folder = copy(&test, "copy");
    // A mirror has neither our mark nor the page that nothing links.
    for path in [".mcdewey", "404.html"] {
        fs::remove_file(folder.join(path)).unwrap();
    }
    // To it, a search that a link asks for is a page of its own.
    for asked in ["search.html?q=config", "search.html@all=1", "search?q=config&from=20"] {
        fs::write(folder.join(asked), "results").unwrap();
    }
    assert_eq!(check(&folder).out, "");
    let gone = ["search/t/", "read/", "files/", "assets/icon-192.", "sw.js"]
        .map(|prefix| site.files().into_iter().find(|path| path.starts_with(prefix)).unwrap());
    for path in &gone {
        fs::remove_file(folder.join(path)).unwrap();
    }
    fs::write(folder.join("tracker.js"), "alert(1)").unwrap();
    let list = "<loc>https://docs.example.com/sitemap-1.xml</loc>";
    fs::write(folder.join("sitemap.xml"), list).unwrap();
    let ran = check(&folder);
    let mut expected: Vec<String> = gone.iter().map(|path| format!("missing {path}")).collect();
    expected.push("missing sitemap-1.xml".to_string());
    expected.push("foreign tracker.js".to_string());
    let mut found: Vec<&str> = ran.out.lines().collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!((ran.code, found), (3, expected.iter().map(String::as_str).collect()));
    check(&test.library()).assert_fails(1, &["is not a site"]);
}

#[test]
fn hosts_are_told_what_the_server_says() {
    for host in ["nginx", "apache", "caddy", "netlify"] {
        let ran = run(&["export", "headers", "--for", host, "--at", "docs"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("/docs/") && ran.out.contains("immutable"), "{}", ran.out);
    }
    run(&["export", "headers", "--for", "iis"]).assert_fails(2, &["nginx"]);
    run(&["export", "headers", "--for", "nginx", "--at", "a;b"]).assert_fails(2, &["/docs/"]);
}

#[test]
fn a_library_may_do_without_bundles() {
    let test = SiteTest::example();
    let settings = fs::read_to_string(test.library().join("mcdewey.toml")).unwrap();
    let settings = format!("offline = false\nbase_url = 'https://docs.example.com/'\n{settings}");
    test.write("mcdewey.toml", settings);
    let site: Site = test.build();
    assert_eq!(tree::contents(&site.folder.join("offline")).len(), 1, "a list of pages alone");
    // A worker that answers nothing and goes: the scripts are shortened, so what is looked at is what they call.
    let answers = |worker: &str| worker.contains("respondWith");
    assert!(answers(&SiteTest::example().build().read("sw.js")));
    let worker = site.read("sw.js");
    assert!(!answers(&worker) && worker.contains("unregister"), "{worker}");
    assert_eq!(check(&site.folder).out, "");
    let page = || find(&test.site(), "northwind-voice/", ".html");
    let own = ["search/library.json", "sitemap.xml", "404.html", "index.html"].map(String::from);
    for (at, path) in own.into_iter().chain([page()]).enumerate() {
        let folder = copy(&test, &format!("copy-{at}"));
        let whole = fs::read(folder.join(&path)).unwrap();
        fs::write(folder.join(&path), &whole[..whole.len() / 2]).unwrap();
        assert_eq!(check(&folder).out, format!("damaged {path}\n"));
    }
    // A page that is whole and not the one that was built, before and after an update; one that is gone.
    test.write("lumen-switch/edge-os/handbook.md", "# Handbook\n\nRewritten from the ground up.\n");
    for folder in [copy(&test, "edited"), test.build().folder] {
        assert_eq!(check(&folder).out, "", "{}", folder.display());
        let page = page();
        let edited = fs::read_to_string(folder.join(&page)).unwrap().replacen("the", "no", 1);
        fs::write(folder.join(&page), edited).unwrap();
        assert_eq!(check(&folder).out, format!("damaged {page}\n"));
        fs::remove_file(folder.join(&page)).unwrap();
        assert_eq!(check(&folder).out, format!("missing {page}\n"));
    }
    // Its scripts ask for none either.
    let app = |site: &Site| {
        let is_app = |file: &&String| file.starts_with("assets/app.");
        site.read(site.files().iter().find(is_app).expect("a site has scripts"))
    };
    let (with, without) = (app(&SiteTest::example().build()), app(&site));
    for asked in ["assets/offline.", "serviceWorker"] {
        assert!(with.contains(asked) && !without.contains(asked), "{asked}");
    }
}
