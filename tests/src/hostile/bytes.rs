//! The same few sentences in every encoding, and bytes that are text in none.
//!
//! In: nothing. Out: names and bytes. The encodings are those of `encoding_rs`; UTF-16 is made by hand.

use encoding_rs::{BIG5, EUC_KR, GB18030, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

pub(super) fn files() -> Vec<(&'static str, Vec<u8>)> {
    let german = "# Größe des Ambosses\n\nDie Größe für Übungen – geprüft – beträgt 5 €.\n";
    let japanese = "# 金床\n\nこれは日本語の文章です。データベースの設定を確認してください。\n";
    let chinese = "# 铁砧\n\n这是一个中文文档，请检查数据库的配置。\n";
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    let marked = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
    vec![
        ("utf8-mark.md", marked(b"\xef\xbb\xbf", german.into())),
        ("utf16-le-mark.md", marked(b"\xff\xfe", wide(japanese, u16::to_le_bytes))),
        ("utf16-be-mark.md", marked(b"\xfe\xff", wide(german, u16::to_be_bytes))),
        ("utf16-le.md", wide(german, u16::to_le_bytes)),
        ("utf16-be.md", wide(german, u16::to_be_bytes)),
        ("utf16-odd.md", marked(b"\xff\xfe", [wide(german, u16::to_le_bytes), vec![65]].concat())),
        ("utf16-half-pair.md", b"\xff\xfe#\0 \0A\0\n\0\n\0\x3d\xd8x\0".to_vec()),
        ("windows-1252.md", WINDOWS_1252.encode(german).0.into()),
        ("windows-1251.md", WINDOWS_1251.encode("# Наковальня\n\nБросать сверху.\n").0.into()),
        ("shift-jis.md", SHIFT_JIS.encode(japanese).0.into()),
        ("gb18030.md", GB18030.encode(chinese).0.into()),
        ("big5.md", BIG5.encode("# 鐵砧\n\n這是一個中文文檔，請檢查配置。\n").0.into()),
        ("euc-kr.md", EUC_KR.encode("# 모루\n\n위에서 떨어뜨립니다. 설정을 확인하십시오.\n").0.into()),
        ("broken-utf8.md", b"# Gr\xc3\xb6\xc3\x9fe\n\nf\xc3\xbcr \xff \xc3\xb6\xc3\xa4 \xe2\x82\n".to_vec()),
        ("overlong.md", b"# A\n\n\xc0\xafetc\xc0\xafpasswd \xed\xa0\x80 \xf5\x80\x80\x80\n".to_vec()),
        ("nul.md", b"# A\0nvil\n\nDrop\0 it.\n\0\n".to_vec()),
        ("controls.md", (0u8..32).chain(*b"# A\n\nx\x7f\x1b[31mred\x1b[0m\n").collect()),
        ("crlf.md", b"---\r\ntitle: CRLF\r\n---\r\n# A\r\n\r\n- a\r\n- b\r\n\r\n```\r\nx\r\n```\r\n".to_vec()),
        ("cr.md", b"# A\r\rtext\r\r- a\r- b\r".to_vec()),
        ("mixed-ends.md", b"# A\n\r\r\n\n\rtext\r\nmore\n\rend".to_vec()),
        ("separators.md", "# A\u{2028}B\n\nx\u{2029}y\u{85}z\u{b}w\u{c}v\n".into()),
        ("directions.md", "# \u{202e}livnA\u{202c}\n\n\u{2066}a\u{2069} \u{200f}b \u{feff}c\n".into()),
        ("marks-on-marks.md", format!("# A{}\n\nx{}\n", "\u{301}".repeat(500), "\u{489}".repeat(500)).into()),
        ("last-planes.md", "# \u{10ffff}\u{fffe}\u{1f469}\u{200d}\u{1f4bb}\n\n\u{e000}\u{1d56c}\n".into()),
        ("empty.md", Vec::new()),
        ("blank.md", b" \n\t\n\n".to_vec()),
        ("mark-alone.md", b"\xef\xbb\xbf".to_vec()),
        ("only-nul.md", vec![0; 4096]),
        ("noise.md", noise(20_000)),
        ("picture.md", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &noise(4_000)].concat()),
        ("front-unclosed.md", b"---\ntitle: A\n\n# B\n\ntext\n".to_vec()),
        ("front-broken.md", b"---\ntitle: [a, {b: c\n\t- : :\n---\n\n# B\n".to_vec()),
        ("front-odd.md", b"---\ntitle: 7\nweight: heavy\naliases: {a: b}\nversion: [1]\n---\n\n# B\n".to_vec()),
        ("front-bomb.md", bomb().into()),
        ("front-toml.md", b"+++\ntitle = \"A\nweight = \n+++\n\n# B\n".to_vec()),
        ("records.jsonl", b"{\"chunk_id\":\n[]\nnull\n{\"chunk_id\":\"\",\"source\":\"\",\"text\":\"\"}\n\xff\xfe\n".to_vec()),
    ]
}

/// Bytes without any order, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Anchors of YAML that grow ninefold each line.
fn bomb() -> String {
    let mut text = String::from("---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(",")));
    }
    text + "---\n\n# B\n"
}
