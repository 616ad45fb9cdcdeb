//! The driver of the tests: writes a small library, runs the real program on it, reads what came of it.
//!
//! In: files of a library, arguments. Out: the site as files, what the program said, its exit code.
//! Knows the program by its command line and the site by its files; none of their code.

pub mod big;
pub mod dialect;
pub mod hostile;
pub mod html;
pub mod pages;
pub mod tree;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use serde_json::Value;
use tempfile::TempDir;

/// A library in a folder of its own, and beside it the site that the program makes of it.
pub struct SiteTest {
    folder: Arc<TempDir>,
}

impl SiteTest {
    /// An empty library.
    #[must_use]
    pub fn new() -> SiteTest {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("library")).expect("a folder can be made in it");
        SiteTest { folder: Arc::new(folder) }
    }

    /// A copy of a library, so that tests may change it.
    #[must_use]
    pub fn of(library: &Path) -> SiteTest {
        let test = SiteTest::new();
        tree::copy(library, &test.library());
        test
    }

    /// A copy of the example library.
    #[must_use]
    pub fn example() -> SiteTest {
        SiteTest::of(&project().join("examples/library"))
    }

    /// Adds or replaces a file of the library.
    #[must_use]
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> SiteTest {
        self.write(path, text);
        self
    }

    /// Takes over what another site's builds have recorded, of what words mean, how passages are numbered and which are related: a site
    /// follows from the library and these records.
    pub fn record_like(&self, other: &SiteTest) {
        for (own, others) in self.records().zip(other.records()) {
            match fs::copy(others, own) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
                _ => {}
            }
        }
    }

    /// Fails if its builds have recorded anything else than those of another site.
    pub fn assert_recorded_like(&self, other: &SiteTest) {
        for (own, others) in self.records().zip(other.records()) {
            let record = |file: &Path| fs::read(file).ok();
            assert!(record(&own) == record(&others), "{} differs", own.display());
        }
    }

    fn records(&self) -> impl Iterator<Item = PathBuf> {
        let names = ["basis", "numbers", "related"];
        names.into_iter().map(|name| self.folder().join(format!(".site.mcdewey-{name}")))
    }

    /// Adds or replaces a file of the library.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.library().join(path);
        fs::create_dir_all(file.parent().expect("a file lies in a folder"))
            .expect("folders can be made");
        fs::write(file, text).expect("a file can be written");
    }

    /// The folder that holds the library and the site, and nothing else that the tests put there.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    #[must_use]
    pub fn library(&self) -> PathBuf {
        self.folder.path().join("library")
    }

    /// The site's folder; there once a build has succeeded.
    #[must_use]
    pub fn site(&self) -> Site {
        Site { folder: self.folder.path().join("site"), _keeps: Some(Arc::clone(&self.folder)) }
    }

    /// The command that builds the site, ready to run.
    #[must_use]
    pub fn build_command(&self, options: &[&str]) -> Command {
        let mut command = program();
        command.arg("build").arg(self.library()).arg("-o").arg(self.site().folder).args(options);
        command
    }

    /// Builds the site and tells how that went.
    #[must_use]
    pub fn try_build(&self, options: &[&str]) -> Ran {
        Ran::of(&mut self.build_command(options))
    }

    /// Builds the site; the test fails where that does.
    #[must_use]
    pub fn build(&self) -> Site {
        let ran = self.try_build(&[]);
        assert_eq!(ran.code, 0, "the build failed:\n{}{}", ran.out, ran.err);
        self.site()
    }
}

impl Default for SiteTest {
    fn default() -> Self {
        SiteTest::new()
    }
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code, or -1 where a signal ended it.
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(command: &mut Command) -> Ran {
        let Output { status, stdout, stderr } =
            command.output().expect("the program can be started");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Asserts that it failed as a program should: with this code, naming all of `parts`, without a panic.
    pub fn assert_fails(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        for part in parts {
            assert!(self.err.contains(part), "\"{part}\" is not in the message:\n{}", self.err);
        }
    }

    /// The number that the summary of a build gives for `name`.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        let line = self.out.lines().find(|line| line.trim_start().starts_with(name));
        let digits =
            line.and_then(|line| line.trim_start().strip_prefix(name)?.split_whitespace().next());
        digits
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_else(|| panic!("the summary has no number for \"{name}\":\n{}", self.out))
    }
}

/// A built site.
pub struct Site {
    pub folder: PathBuf,
    /// The folder lives as long as its site is looked at.
    _keeps: Option<Arc<TempDir>>,
}

impl Site {
    /// A site that lies somewhere else by now.
    #[must_use]
    pub fn at(folder: PathBuf) -> Site {
        Site { folder, _keeps: None }
    }

    /// A file of the site as text.
    #[must_use]
    pub fn read(&self, url: &str) -> String {
        let file = self.folder.join(url);
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    /// The addresses of all files, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        tree::files(&self.folder)
    }

    /// The addresses of all pages, sorted.
    #[must_use]
    pub fn pages(&self) -> Vec<String> {
        let mut files = self.files();
        files.retain(|file| file.ends_with(".html"));
        files
    }

    /// Runs a search with any arguments.
    #[must_use]
    pub fn try_search(&self, arguments: &[&str]) -> Ran {
        Ran::of(program().arg("search").arg(&self.folder).args(arguments))
    }

    /// The hits of a search, best first.
    #[must_use]
    pub fn search(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.try_search(&[&["--json"], arguments].concat());
        assert!(matches!(ran.code, 0 | 1) && ran.err.is_empty(), "{arguments:?}: {}", ran.err);
        let line = |line| serde_json::from_str(line).expect("each line is JSON");
        ran.out.lines().map(line).collect()
    }

    /// The ids of the hits of a search, best first.
    #[must_use]
    pub fn ids(&self, arguments: &[&str]) -> Vec<String> {
        self.search(arguments).iter().map(|hit| string(hit, "chunk_id")).collect()
    }
}

/// A field of a hit that must be a string.
#[must_use]
pub fn string(hit: &Value, field: &str) -> String {
    hit[field].as_str().unwrap_or_else(|| panic!("{field} is no string in {hit}")).to_string()
}

/// Runs the program with any arguments.
#[must_use]
pub fn run(arguments: &[&str]) -> Ran {
    Ran::of(program().args(arguments))
}

/// The project's folder.
#[must_use]
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the project")
}

/// The program as it was built beside this test: target/release/deps/TEST -> target/release/mcdewey.
#[must_use]
pub fn program() -> Command {
    let test = env::current_exe().expect("a test knows where it is");
    let folder = test.ancestors().nth(2).expect("a test lies two folders deep");
    let file = folder.join("mcdewey");
    assert!(
        file.is_file(),
        "{} is missing; build it first: cargo build --release -p mcdewey",
        file.display()
    );
    Command::new(file)
}
