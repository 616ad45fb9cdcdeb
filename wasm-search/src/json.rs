//! Answers as JSON. In: an answer. Out: its text. A writer of its own, because the usual crates would double the module.

use alloc::string::String;
use alloc::vec::Vec;

use search::{Answer, Clause, Hit, Placement, Record};

/// There is nothing to say.
pub(crate) fn nothing() -> String {
    String::from("{}")
}

/// What is wrong with the index.
pub(crate) fn fault(sentence: &str) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("fault").text("damaged");
        json.key("subject").text(sentence);
    });
    json.out
}

/// The ids of the shards that are still needed.
pub(crate) fn need(ids: &[String]) -> String {
    let mut json = Json::default();
    json.object(|json| json.key("need").list(ids, |json, id| json.text(id)));
    json.out
}

/// The places where passages stand; near-duplicates may be of other products.
pub(crate) fn places(records: &[Record]) -> String {
    let mut json = Json::default();
    let of = |record| Record::places(record).map(move |place| (record, place));
    let places: Vec<(&Record, &Placement)> = records.iter().flat_map(of).collect();
    json.object(|json| {
        json.key("places").list(&places, |json, (record, other)| {
            json.object(|json| {
                json.key("vendor").optional(record.vendor.as_ref());
                json.key("product").optional(record.product.as_ref());
                place(json, other);
            });
        });
    });
    json.out
}

/// An answer.
pub(crate) fn answer(answer: &Answer) -> String {
    let mut json = Json::default();
    json.object(|json| {
        json.key("answer").object(|json| {
            json.key("total").number(answer.total);
            json.key("related").number(answer.related);
            json.key("cut").boolean(answer.is_cut);
            json.key("words").list(&answer.words, |json, word| {
                json.object(|json| {
                    json.key("text").text(&word.text);
                    json.key("found").boolean(word.found);
                    json.key("meant").list(&word.meant, |json, word| json.text(word));
                    json.key("version").boolean(word.is_version);
                });
            });
            json.key("unchecked").number(answer.unchecked);
            json.key("clauses").list(&answer.clauses, clause);
            json.key("facets").list(&answer.facets, |json, facet| {
                json.object(|json| {
                    json.key("level").text(facet.level.name());
                    json.key("key").text(&facet.key);
                    json.key("name").text(&facet.name);
                    json.key("count").number(facet.count);
                });
            });
            json.key("hits").list(&answer.hits, hit);
        });
    });
    json.out
}

fn clause(json: &mut Json, clause: &Clause) {
    json.object(|json| {
        json.key("text").text(&clause.text);
        json.key("kind").text(clause.kind.name());
        json.key("found").boolean(clause.found);
        json.key("names").list(&clause.names, |json, named| {
            json.object(|json| {
                json.key("key").text(&named.key);
                json.key("name").text(&named.name);
            });
        });
    });
}

fn hit(json: &mut Json, hit: &Hit) {
    let record = &hit.record;
    json.object(|json| {
        json.key("score").number(hit.score);
        json.key("related").boolean(hit.is_related);
        json.key("document").number(hit.document.0);
        json.key("group").number(record.group.0);
        json.key("near").number(record.near.len() as u32);
        json.key("title").text(hit.title());
        json.key("vendor").optional(record.vendor.as_ref());
        json.key("product").optional(record.product.as_ref());
        place(json, &record.place);
        json.key("headings").list(&hit.headings(), |json, heading| json.text(heading));
        json.key("snippet").list(&hit.snippet, |json, piece| {
            json.raw("[");
            json.text(&piece.text);
            json.raw(if piece.marked { ",1]" } else { ",0]" });
        });
        json.key("others")
            .list(&record.others, |json, other| json.object(|json| place(json, other)));
    });
}

fn place(json: &mut Json, place: &Placement) {
    let texts = [
        ("id", &place.id),
        ("source", &place.source),
        ("url", &place.url),
        ("context", &place.context_url),
    ];
    texts.iter().for_each(|(key, text)| json.key(key).text(text));
    let names = [("version", &place.version), ("guide", &place.guide), ("label", &place.label)];
    names.iter().for_each(|(key, name)| json.key(key).optional(name.as_ref()));
    match place.page {
        Some(page) => json.key("page").number(page),
        None => json.key("page").raw("null"),
    }
}

/// JSON in the making. A comma goes before everything but what opens, and before no value of a key.
#[derive(Default)]
struct Json {
    out: String,
}

impl Json {
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn object(&mut self, fields: impl FnOnce(&mut Json)) {
        self.raw("{");
        fields(self);
        self.raw("}");
    }

    fn key(&mut self, key: &str) -> &mut Json {
        if !self.out.ends_with('{') {
            self.raw(",");
        }
        self.text(key);
        self.raw(":");
        self
    }

    fn list<T>(&mut self, items: &[T], item: impl Fn(&mut Json, &T)) {
        self.raw("[");
        for (idx, value) in items.iter().enumerate() {
            if idx > 0 {
                self.raw(",");
            }
            item(self, value);
        }
        self.raw("]");
    }

    fn number(&mut self, number: u32) {
        if number > 9 {
            self.number(number / 10);
        }
        self.out.push(char::from(b'0' + (number % 10) as u8));
    }

    fn boolean(&mut self, is_true: bool) {
        self.raw(if is_true { "true" } else { "false" });
    }

    fn text(&mut self, text: &str) {
        self.raw("\"");
        let mut rest = text;
        let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        while let Some(at) = rest.bytes().position(is_special) {
            let (plain, special) = rest.split_at(at);
            self.raw(plain);
            match special.as_bytes()[0] {
                b'"' => self.raw("\\\""),
                b'\\' => self.raw("\\\\"),
                byte => self.control(byte),
            }
            rest = &special[1..];
        }
        self.raw(rest);
        self.raw("\"");
    }

    fn optional(&mut self, text: Option<&String>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    fn control(&mut self, byte: u8) {
        self.raw(if byte < 16 { "\\u000" } else { "\\u001" });
        self.out.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use search::{ClauseKind, DocumentId, Facet, Level, Named, Piece, Word};

    #[test]
    fn needs() {
        assert_eq!(need(&[]), r#"{"need":[]}"#);
        assert_eq!(need(&["w/1".into(), "g/2".into()]), r#"{"need":["w/1","g/2"]}"#);
    }

    #[test]
    fn places_name_their_product() {
        let record = Record { vendor: None, product: Some("p".into()), ..Record::default() };
        let expected = concat!(
            r#"{"places":[{"vendor":null,"product":"p","id":"","source":"","url":"","context":"","#,
            r#""version":null,"guide":null,"label":null,"page":null}]}"#
        );
        assert_eq!(places(&[record]), expected);
    }

    #[test]
    fn answers() {
        let place = Placement { id: "a::1".into(), page: Some(107), ..Placement::default() };
        let record = Record {
            others: vec![Placement { version: Some("2".into()), ..place.clone() }],
            place,
            group: DocumentId(9),
            headings: vec!["x{".into(), "y".into()],
            ..Record::default()
        };
        let snippet = vec![Piece { text: "a \"b\" \\ \n\u{1f}é".into(), marked: true }];
        let found = Answer {
            total: 120,
            related: 3,
            is_cut: true,
            hits: vec![Hit {
                section: None,
                document: DocumentId(1),
                score: 10,
                gain: 0,
                is_related: true,
                record,
                snippet,
            }],
            words: vec![Word {
                text: "w".into(),
                found: false,
                meant: vec!["v".into()],
                is_version: true,
            }],
            facets: vec![Facet {
                level: Level::Guide,
                key: "g".into(),
                name: "G".into(),
                count: 0,
            }],
            clauses: vec![Clause {
                text: "guide:h".into(),
                kind: ClauseKind::Only(Level::Guide),
                found: false,
                names: vec![Named { key: "g".into(), name: "G".into() }],
            }],
            unchecked: 7,
        };
        let expected = concat!(
            r#"{"answer":{"total":120,"related":3,"cut":true,"words":[{"text":"w","found":false,"meant":["v"],"version":true}],"#,
            r#""unchecked":7,"clauses":[{"text":"guide:h","kind":"guide","found":false,"names":[{"key":"g","name":"G"}]}],"#,
            r#""facets":[{"level":"guide","key":"g","name":"G","count":0}],"#,
            r#""hits":[{"score":10,"related":true,"document":1,"group":9,"near":0,"title":"","vendor":null,"product":null,"#,
            r#""id":"a::1","source":"","url":"","context":"","version":null,"guide":null,"label":null,"page":107,"#,
            r#""headings":["x{","y"],"snippet":[["a \"b\" \\ \u000a\u001fé",1]],"#,
            r#""others":[{"id":"a::1","source":"","url":"","context":"","version":"2","guide":null,"label":null,"page":107}]}]}}"#
        );
        assert_eq!(answer(&found), expected);
    }
}
