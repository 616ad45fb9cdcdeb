//! A library whose passages a real sentence encoder reads: its vectors are those of the reference, no passage is read twice, and no damage to
//! the model's folder goes unseen. MCDEWEY_TEST_MODEL names the folder (tests/run fetches it); without it, the first two fail.

use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use mcdewey_tests::{
    SiteTest,
    tree::{contents, differences},
};

/// What one record of kept vectors takes: key, 384 numbers of two bytes, checksum; and what stands before the first.
const RECORD_BYTES: u64 = 16 + 2 * 384 + 8;
const HEADER_BYTES: u64 = 24;

fn model() -> PathBuf {
    let model = env::var_os("MCDEWEY_TEST_MODEL").map(PathBuf::from);
    model.expect("MCDEWEY_TEST_MODEL names no model's folder; tests/run fetches one")
}

#[test]
fn vectors_are_those_of_the_reference() {
    let model = model();
    // The first six numbers of each and the last, as ONNX Runtime 1.32 gives them.
    let expected = [
        [-0.02977, 0.06928, 0.07948, 0.09768, 0.05828, -0.0781, -0.04756],
        [0.00053, -0.00232, 0.03187, 0.08557, 0.04087, -0.05451, -0.02438],
        [-0.09879, 0.03358, -0.04693, -0.00028, -0.07272, -0.0425, 0.02927],
    ];
    let texts = [
        "A node is drained before it is repaired.",
        "Ünïcode: 电话 & naïve cafés — “quoted”, 3.14 x²",
        "call",
    ];
    let vectors = encode(&model, &texts);
    assert_eq!(vectors.len(), texts.len());
    for (vector, expected) in vectors.iter().zip(expected) {
        assert_eq!(vector.len(), 384);
        for (found, expected) in vector[..6].iter().chain(vector.last()).zip(expected) {
            assert!((found - expected).abs() < 2e-5, "{found} is not {expected}");
        }
    }
}

fn encode(model: &Path, texts: &[&str]) -> Vec<Vec<f32>> {
    let mut command = mcdewey_tests::program();
    command.args(["encode", "--model"]).arg(model);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(texts.join("\n").as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap().stdout;
    out.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

fn build_command(test: &SiteTest, model: &Path) -> Command {
    test.build_command(&["--model", model.to_str().unwrap()])
}

/// Builds; gives how many texts were encoded, phase by phase: passages first, then words if there was a fit.
fn encoded(test: &SiteTest, model: &Path) -> Vec<u64> {
    let out = build_command(test, model).output().unwrap();
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{err}");
    err.lines().filter_map(|line| line.strip_prefix("Encoding: ")?.parse().ok()).collect()
}

/// How many texts there are whole vectors of: who is killed while writing leaves a part of the last.
fn kept(test: &SiteTest) -> u64 {
    let file = test.folder().join(".site.mcdewey-cache/vectors");
    let bytes = fs::metadata(file).map_or(0, |file| file.len());
    bytes.saturating_sub(HEADER_BYTES) / RECORD_BYTES
}

#[test]
fn no_passage_is_encoded_twice() {
    let model = model();
    let test = SiteTest::example();
    let before = kill_while_encoding(&test, &model);
    assert!(before > 0);
    let then: u64 = encoded(&test, &model).iter().sum();
    assert_eq!(before + then, kept(&test), "what was kept is not encoded again");
    other_words_lead_to_passages(&test);

    assert_eq!(encoded(&test, &model), [0; 0], "nothing has changed");
    let guide = test.library().join("lumen-switch/edge-os/handbook/cable-faults.md");
    let text = fs::read_to_string(&guide).unwrap();
    let heading = "## The link is slow\n";
    assert!(text.contains(heading));
    fs::write(&guide, text.replace(heading, &format!("{heading}\nPatience helps.\n"))).unwrap();
    assert_eq!(encoded(&test, &model), [1], "one passage has changed");

    let updated = contents(&test.site().folder);
    let options = ["--fresh", "--jobs", "1", "--model", model.to_str().unwrap()];
    let again = test.try_build(&options);
    assert_eq!(again.code, 0, "{}", again.err);
    let differences = differences(&updated, &contents(&test.site().folder));
    assert!(differences.is_empty(), "an update is a fresh build, sooner: {differences:?}");
}

/// What somebody may ask who does not know the words of the guides, and what the answer's address holds. No answer has a word of its query.
const OTHER_WORDS: [(&str, &str); 10] = [
    ("equipment overheating", "cable-faults/2"),
    ("insufficient storage capacity", "operations/operations/7"),
    ("earthquake destroys datacenter", "operations/operations/11"),
    ("throttling exceeded", "developer-guide/getting-started"),
    ("spelling mistakes", "user-guide/searching"),
    ("unfair scheduling delays", "operations/operations/4"),
    ("crash recovery of the primary computer", "admin-guide/admin-guide/16"),
    ("dusty ventilator noisy", "fn-0112"),
    ("intruder guesses credentials", "admin-guide/admin-guide"),
    ("customer phoned afterwards", "admin-guide/admin-guide/11"),
];
/// How many of these the model must lead to among the first five.
const LED_TO: usize = 8;

fn other_words_lead_to_passages(test: &SiteTest) {
    let is_found = |semantic: &str, text: &str, expected: &str| {
        let mut command = mcdewey_tests::program();
        command.arg("search").arg(&test.site().folder).arg(text);
        let out = command.args(["--semantic", semantic, "--limit", "5", "--json"]).output();
        let hits = String::from_utf8(out.unwrap().stdout).unwrap();
        let urls = hits.lines().map(|hit| serde_json::from_str::<serde_json::Value>(hit).unwrap());
        urls.into_iter().any(|hit| hit["url"].as_str().is_some_and(|url| url.contains(expected)))
    };
    let found = |semantic: &str| -> Vec<&str> {
        let found = OTHER_WORDS.iter().filter(|(text, url)| is_found(semantic, text, url));
        found.map(|(text, _)| *text).collect()
    };
    assert_eq!(found("off"), [""; 0]);
    let led = found("auto");
    assert!(led.len() >= LED_TO, "{led:?}");
}

/// Kills a build once the first batch is written down; says how many vectors it leaves.
fn kill_while_encoding(test: &SiteTest, model: &Path) -> u64 {
    let mut command = build_command(test, model);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    while kept(test) == 0 && begin.elapsed() < Duration::from_secs(300) {
        sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "the build ended before it could be killed");
    kept(test)
}

#[test]
fn damage_to_a_model_is_said_before_any_work() {
    let test = SiteTest::new().file("acme/anvil/guide.md", "# Anvil\n\nIt falls.\n");
    let folder = test.folder().join("model");
    fs::create_dir(&folder).unwrap();
    let options = ["--model", folder.to_str().unwrap()];
    test.try_build(&options).assert_fails(1, &["tokenizer.json"]);
    fs::write(folder.join("tokenizer.json"), "{}").unwrap();
    test.try_build(&options).assert_fails(1, &["tokenizer.json is no tokenizer"]);
    let none = test.try_build(&["--model", "/nowhere"]);
    let files = "/nowhere is no folder with config.json, tokenizer.json and model.safetensors";
    none.assert_fails(1, &[files]);
    assert!(!test.site().folder.exists());
    let test = test.file("mcdewey.toml", "semantic = { model = 'nowhere' }\n");
    test.try_build(&[]).assert_fails(1, &["library/nowhere is no folder"]);
    let test = test.file("mcdewey.toml", "semantic = false\n");
    test.try_build(&options).assert_fails(1, &["no use for a model", "semantic = false"]);
}
