//! A site in a bucket: only what differs is uploaded, and at no moment does the root of the index name a shard that is not there.
//!
//! The bucket is moto's, on this machine; MOTO names its server.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use mcdewey_tests::{
    SiteTest, program,
    tree::{self, Contents, contents},
};

/// So many uploads are killed.
const KILLS: u32 = 20;

/// moto's server, gone when the test is.
struct Moto {
    server: Child,
    port: u16,
}

impl Moto {
    fn start() -> Moto {
        let program = env::var("MOTO").unwrap_or_else(|_| "moto_server".into());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{program} does not start ({error}); tests/setup.sh installs it")
            });
        let moto = Moto { server, port };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(60), "moto does not answer");
            sleep(Duration::from_millis(50));
        }
        moto
    }

    /// Status, headers and body of a plain request.
    fn ask(&self, method: &str, path: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // The bucket is told by the path, who asks by a header that moto does not check.
        // Written in one go: the rest of a request that comes in pieces waits for the server's delayed word on the first.
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: 0\r\n\r\n",
            self.port
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let headers = String::from_utf8_lossy(&answer[..head]).to_lowercase();
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        (status, headers, answer[head + 4..].to_vec())
    }

    /// The keys below the prefix of a site, without it.
    fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let mut after = String::new();
        loop {
            let (_, _, body) =
                self.ask("GET", &format!("/docs?list-type=2&prefix=site/&start-after={after}"));
            let text = String::from_utf8(body).unwrap();
            let found: Vec<String> = text
                .split("<Key>")
                .skip(1)
                .map(|rest| rest[..rest.find('<').unwrap()].to_string())
                .collect();
            let Some(last) = found.last() else { return keys };
            after.clone_from(last);
            keys.extend(found.iter().map(|key| key["site/".len()..].to_string()));
        }
    }

    fn contents(&self) -> Contents {
        let get = |key: String| {
            let (_, _, body) = self.ask("GET", &format!("/docs/site/{key}"));
            (key, body)
        };
        self.keys().into_iter().map(get).collect()
    }

    fn publish(&self, site: &Path, options: &[&str]) -> Command {
        let mut command = program();
        command.arg("publish").arg(site).arg("s3://docs/site").args(options);
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port));
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ] {
            command.env(name, value);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Publishes to the end; gives what was said.
    fn published(&self, site: &Path, options: &[&str]) -> String {
        let output = self.publish(site, options).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_bucket_without_keys_is_told_what_is_missing() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let site = test.build();
    let mut command = program();
    command.arg("publish").arg(&site.folder).arg("s3://docs/site").env_clear();
    // Nobody answers there, neither for the bucket nor for a role.
    for name in ["AWS_ENDPOINT_URL", "AWS_METADATA_ENDPOINT"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let out = command.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{said}");
}

/// The files that a host gets.
fn public(site: &Path) -> Contents {
    contents(site).into_iter().filter(|(path, _)| !path.starts_with('.')).collect()
}

/// Two editions of a library, of which neither has all shards of the other.
fn editions() -> [(SiteTest, Contents); 2] {
    ["first", "second"].map(|edition| {
        let mut test = SiteTest::new();
        for guide in 0..12 {
            let text = format!("# Guide {guide}\n\nThe {edition} edition of guide {guide} has {edition}{guide} in it.\n");
            test = test.file(&format!("acme/anvil/v1/guide-{guide}.md"), text);
        }
        let site = public(&test.build().folder);
        (test, site)
    })
}

#[test]
fn only_what_differs_is_uploaded() {
    let moto = Moto::start();
    assert_eq!(moto.ask("PUT", "/docs").0, 200);
    let [(first, first_site), (second, second_site)] = editions();
    let (first, second) = (first.site(), second.site());
    let dry = moto.published(&first.folder, &["--dry-run"]);
    assert!(dry.contains("+ search/root.js") && moto.keys().is_empty(), "{dry}");
    moto.published(&first.folder, &[]);
    assert_eq!(moto.contents(), first_site);
    let header = |path: &str| moto.ask("HEAD", &format!("/docs/site/{path}")).1;
    let shard =
        first_site.iter().find(|(path, _)| path.starts_with("search/w/")).unwrap().0.clone();
    assert!(header(&shard).contains("cache-control: public, max-age=31536000, immutable"));
    assert!(header(&shard).contains("content-type: text/javascript"));
    assert!(header("index.html").contains("cache-control: no-cache"));
    assert!(header("index.html").contains("content-type: text/html; charset=utf-8"));
    assert!(header("search/root.js").contains("cache-control: no-cache"));
    let again = moto.published(&first.folder, &[]);
    assert!(again.contains("0 files (0 bytes) uploaded"), "{again}");
    // What only the first has stays until it is to go.
    moto.published(&second.folder, &[]);
    let both: BTreeMap<_, _> = first_site.iter().cloned().chain(second_site.clone()).collect();
    assert_eq!(moto.contents(), both.into_iter().collect::<Contents>());
    moto.published(&second.folder, &["--delete"]);
    assert_eq!(moto.contents(), second_site);
}

#[test]
fn a_site_that_lacks_files_leaves_the_bucket_as_it_is() {
    let moto = Moto::start();
    assert_eq!(moto.ask("PUT", "/docs").0, 200);
    let [(test, site), _] = editions();
    moto.published(&test.site().folder, &[]);
    let copy = test.folder().join("copy");
    tree::copy(&test.site().folder, &copy);
    fs::remove_dir_all(copy.join("search/w")).unwrap();
    for options in [&["--delete"][..], &["--delete", "--dry-run"]] {
        let out = moto.publish(&copy, options).output().unwrap();
        let (told, said) =
            (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert_eq!(out.status.code(), Some(3), "{told}{said}");
        assert!(
            told.contains("missing search/w/") && said.contains("build it anew"),
            "{told}{said}"
        );
        assert!(moto.contents() == site, "the bucket has changed");
    }
}

#[test]
fn a_site_that_changes_while_it_is_uploaded_brings_no_root() {
    let moto = Moto::start();
    assert_eq!(moto.ask("PUT", "/docs").0, 200);
    let [(test, _), _] = editions();
    let copy = test.folder().join("copy");
    tree::copy(&test.site().folder, &copy);
    let mut upload = moto.publish(&copy, &["--jobs", "1"]).spawn().unwrap();
    while moto.keys().is_empty() && upload.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(5));
    }
    // The last of the pages: another build has written it.
    fs::write(copy.join("search.html"), "new").unwrap();
    let out = upload.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(
        said.contains("search.html has changed") && said.contains("publish the site again"),
        "{said}"
    );
    let keys = moto.keys();
    assert!(!keys.is_empty() && !keys.contains(&"search/root.js".to_string()), "{keys:?}");
}

#[test]
fn an_upload_that_is_killed_leaves_a_site_that_searches_and_is_finished_by_the_next() {
    let moto = Moto::start();
    assert_eq!(moto.ask("PUT", "/docs").0, 200);
    let editions = editions();
    moto.published(&editions[0].0.site().folder, &[]);
    let begin = Instant::now();
    moto.published(&editions[1].0.site().folder, &["--delete", "--jobs", "4"]);
    let time = begin.elapsed();
    let mut killed = 0;
    for round in 0..KILLS * 4 {
        let (test, site) = &editions[round as usize % 2];
        // Moments are spread over the whole upload in an order that does not depend on the clock.
        let mut child =
            moto.publish(&test.site().folder, &["--delete", "--jobs", "4"]).spawn().unwrap();
        sleep(time * (round * 7 % KILLS) / KILLS + time / (2 * KILLS));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        assert_root_holds(&moto, &editions);
        moto.published(&test.site().folder, &["--delete"]);
        assert_eq!(moto.contents().len(), site.len());
        assert!(moto.contents() == *site, "round {round}: the bucket is not the folder");
        if killed == KILLS {
            return;
        }
    }
    panic!("uploads end before they can be killed: {killed}");
}

/// Whichever root lies in the bucket, all shards of its edition lie there.
fn assert_root_holds(moto: &Moto, editions: &[(SiteTest, Contents); 2]) {
    let root = moto.ask("GET", "/docs/site/search/root.js").2;
    let is_its = |site: &&(SiteTest, Contents)| {
        site.1.iter().any(|(path, bytes)| path == "search/root.js" && *bytes == root)
    };
    let (_, site) = editions.iter().find(is_its).expect("the root is that of an edition");
    let keys = moto.keys();
    let shards = site
        .iter()
        .map(|(path, _)| path)
        .filter(|path| path.starts_with("search/") && path.matches('/').count() > 1);
    let missing: Vec<&String> = shards.filter(|path| !keys.contains(path)).collect();
    assert!(missing.is_empty(), "the root names {missing:?}");
}
