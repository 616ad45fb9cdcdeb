//! Models as their callers use them: small ones, made here, and what is wrong with them.

use std::{fs, path::Path};

use super::*;

const WIDTH: usize = 8;
const INNER: usize = 12;
const WORDS: [&str; 8] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "call", "##s", "tone", "电"];

fn config() -> serde_json::Value {
    serde_json::json!({
        "model_type": "bert", "hidden_size": WIDTH, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": INNER, "max_position_embeddings": 16, "type_vocab_size": 2,
        "vocab_size": WORDS.len(), "hidden_act": "gelu", "layer_norm_eps": 1e-12,
    })
}

fn tokenizer() -> serde_json::Value {
    let vocab: serde_json::Map<String, serde_json::Value> =
        WORDS.iter().enumerate().map(|(id, word)| ((*word).to_owned(), id.into())).collect();
    serde_json::json!({
        "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
            "strip_accents": null, "lowercase": true },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocab },
    })
}

/// The tensors of one layer, of numbers that look random.
fn shapes() -> Vec<(String, Vec<usize>)> {
    let layer = |name: &str| format!("encoder.layer.0.{name}");
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![WORDS.len(), WIDTH]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![16, WIDTH]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, WIDTH]),
    ];
    for (name, to, from) in [
        ("attention.self.query", WIDTH, WIDTH),
        ("attention.self.key", WIDTH, WIDTH),
        ("attention.self.value", WIDTH, WIDTH),
        ("attention.output.dense", WIDTH, WIDTH),
        ("intermediate.dense", INNER, WIDTH),
        ("output.dense", WIDTH, INNER),
    ] {
        shapes.push((layer(&format!("{name}.weight")), vec![to, from]));
        shapes.push((layer(&format!("{name}.bias")), vec![to]));
    }
    let norms = [layer("attention.output.LayerNorm"), layer("output.LayerNorm")];
    for name in norms.into_iter().chain(["embeddings.LayerNorm".to_owned()]) {
        shapes.push((format!("{name}.weight"), vec![WIDTH]));
        shapes.push((format!("{name}.bias"), vec![WIDTH]));
    }
    shapes
}

fn weights(shapes: &[(String, Vec<usize>)]) -> Vec<u8> {
    let numbers = |seed: usize, count: usize| -> Vec<u8> {
        let number = |at: usize| ((at * 7919 + seed * 104_729) % 199) as f32 / 99.0 - 1.0;
        (0..count).flat_map(|at| number(at).to_le_bytes()).collect()
    };
    let data: Vec<Vec<u8>> = shapes
        .iter()
        .enumerate()
        .map(|(seed, (_, shape))| numbers(seed, shape.iter().product()))
        .collect();
    let views = shapes.iter().zip(&data).map(|((name, shape), data)| {
        let view =
            safetensors::tensor::TensorView::new(safetensors::Dtype::F32, shape.clone(), data);
        (name.clone(), view.unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

fn write_model(folder: &Path) {
    fs::write(folder.join("config.json"), config().to_string()).unwrap();
    fs::write(folder.join("tokenizer.json"), tokenizer().to_string()).unwrap();
    fs::write(folder.join("model.safetensors"), weights(&shapes())).unwrap();
}

/// A sound model, then something done to it: the error has to name all of `expected`.
fn check_error(spoil: impl Fn(&Path), expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    spoil(folder.path());
    let error = format!("{:#}", Model::open(folder.path()).err().unwrap());
    for part in expected {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
}

fn with_config(name: &'static str, value: serde_json::Value) -> impl Fn(&Path) {
    move |folder| {
        let mut config = config();
        config[name] = value.clone();
        fs::write(folder.join("config.json"), config.to_string()).unwrap();
    }
}

#[test]
fn what_is_wrong_with_a_folder_is_said() {
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        check_error(|folder| fs::remove_file(folder.join(file)).unwrap(), &[file, "No such file"]);
        check_error(|folder| fs::write(folder.join(file), "{").unwrap(), &[file]);
    }
    check_error(|folder| fs::remove_dir_all(folder).unwrap(), &["no folder with config.json"]);
    check_error(
        |folder| {
            let file = folder.join("model.safetensors");
            let bytes = fs::read(&file).unwrap();
            fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        },
        &["model.safetensors is cut off or no safetensors file"],
    );
    check_error(
        with_config("model_type", "t5".into()),
        &["config.json", "model_type is \"t5\"", "\"bert\""],
    );
    check_error(with_config("hidden_act", "relu".into()), &["hidden_act is \"relu\"", "\"gelu\""]);
    check_error(
        with_config("hidden_size", 10.into()),
        &["model.safetensors", "embeddings", "[16, 8]", "[16, 10]"],
    );
    check_error(
        with_config("num_attention_heads", 3.into()),
        &["hidden_size 8", "num_attention_heads 3"],
    );
    check_error(with_config("num_hidden_layers", 2.into()), &["no tensor encoder.layer.1."]);
    check_error(with_config("vocab_size", 5.into()), &["tokenizer.json names 8 tokens"]);
    check_error(
        |folder| {
            let mut tokenizer = tokenizer();
            tokenizer["model"]["type"] = "Unigram".into();
            fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
        },
        &["tokenizer.json", "the model is Unigram", "WordPiece"],
    );
    check_error(
        |folder| {
            fs::create_dir(folder.join("1_Pooling")).unwrap();
            fs::write(folder.join("1_Pooling/config.json"), "{\"pooling_mode_max_tokens\": true}")
                .unwrap();
        },
        &["1_Pooling/config.json", "the mean of all tokens or the first"],
    );
    for file in ["1_Pooling/config.json", "sentence_bert_config.json"] {
        // What is there and cannot be read is not as if it were not there.
        let is_folder = |folder: &Path| fs::create_dir_all(folder.join(file)).unwrap();
        check_error(is_folder, &["cannot read", file]);
    }
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    check_error(
        |folder| {
            let file = folder.join("model.safetensors");
            let mut bytes = fs::read(&file).unwrap();
            let end = bytes.len();
            bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
            fs::write(&file, bytes).unwrap();
        },
        &["not finite"],
    );
}

#[test]
fn a_vector_depends_on_its_text_alone() {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    let model = Model::open(folder.path()).unwrap();
    let texts = ["calls", "", "tone call 电tone", "unknown words", "call call call tone"];
    let together = model.encode(&texts);
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(model.encode(&[text])[0], *vector, "{text}");
        assert!((vector.iter().map(|number| number * number).sum::<f32>() - 1.0).abs() < 1e-5);
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one.install(|| model.encode(&texts)), together);
}

#[test]
fn of_a_long_text_all_of_it_counts() {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    let model = Model::open(folder.path()).unwrap();
    let long = |end: &str| format!("call\n{}{end}", "tone ".repeat(40));
    let [one, other] = [long("tone"), long("calls")];
    assert_eq!(model.encode(&[&one]), model.encode(&[&other]), "an encoder has its limit");
    let whole = model.encode_whole(&[&one, "tone calls", "", &other]);
    assert_ne!(whole[0], whole[3]);
    assert_eq!(whole[1..3], model.encode(&["tone calls", ""]));
    assert_eq!(model.encode_whole(&[&other])[0], whole[3], "whatever is encoded beside it");
    assert!(whole.iter().all(|vector| vector.len() == WIDTH));
    assert!((whole[3].iter().map(|number| number * number).sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn a_table_is_a_model() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["embeddings", "embedding.weight"] {
        write_model(folder.path());
        fs::remove_file(folder.path().join("config.json")).unwrap();
        let shapes = [(name.to_owned(), vec![WORDS.len(), 4])];
        fs::write(folder.path().join("model.safetensors"), weights(&shapes)).unwrap();
        let model = Model::open(folder.path()).unwrap();
        assert_eq!(model.dimensions(), 4);
        let [call, both, unknown] =
            model.encode(&["call", "call calls", "电电 xyz"]).try_into().unwrap();
        assert!(call != both && call.iter().chain(&unknown).all(|number| number.is_finite()));
        assert_eq!(model.encode(&["xyz"])[0], [0.0; 4]);
    }
}

/// Opens the file of vectors anew, and says how many of these texts are in it.
fn known(file: &Path, model: &Model, texts: &[&str]) -> usize {
    let vectors = Vectors::open(file, model).unwrap();
    let known = texts.iter().filter(|text| vectors.has(TextKey::of(text)));
    known.inspect(|text| assert!(vectors.get(TextKey::of(text)).unwrap().is_some())).count()
}

#[test]
fn vectors_are_kept_as_far_as_their_file_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    let model = Model::open(folder.path()).unwrap();
    let file = folder.path().join("vectors");
    let texts = ["call", "tone", "calls"];
    let mut vectors = Vectors::open(&file, &model).unwrap();
    vectors.encode(&texts[..2]).unwrap();
    vectors.encode(&texts[2..]).unwrap();
    let fresh = vectors.get(TextKey::of("tone")).unwrap();
    drop(vectors);
    assert_eq!(known(&file, &model, &texts), 3);
    assert_eq!(Vectors::open(&file, &model).unwrap().get(TextKey::of("tone")).unwrap(), fresh);
    let whole = fs::read(&file).unwrap();
    for bytes in (0..whole.len()).step_by(5) {
        fs::write(&file, &whole[..bytes]).unwrap();
        let expected = bytes.saturating_sub(24) / (16 + 2 * WIDTH + 8);
        assert_eq!(known(&file, &model, &texts), expected, "{bytes} bytes");
        let mut vectors = Vectors::open(&file, &model).unwrap();
        vectors.encode(&texts[expected..]).unwrap();
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&file, flipped).unwrap();
        assert!(known(&file, &model, &texts) < 3);
    }
}
