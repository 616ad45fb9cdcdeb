//! The engine over libraries made up on the spot: against the oracle, and against damage.

mod damage;
mod language;
mod library;
mod meaning;
mod meant;
mod revise;

use search::*;

use library::*;

#[test]
fn the_engine_and_the_oracle_agree() {
    let mut dice = Dice(7);
    for _ in 0..12 {
        let library = dice.library(1 << 20);
        for _ in 0..60 {
            let mut text = dice.text(4);
            let cut = text.floor_char_boundary(text.len() - dice.roll(text.len() + 1) / 4);
            text.truncate(cut);
            let query = Query { text, ..dice.query() };
            let answer = library.ask(&query);
            assert_eq!(ranked(&answer), library.oracle.ask(&query), "{query:?}");
            assert_eq!(answer.total as usize, library.oracle.ask_all(&query).len());
            assert!(!answer.is_cut);
        }
    }
}

#[test]
fn the_engine_and_the_oracle_agree_on_phrases_fields_and_exclusions() {
    let mut dice = Dice(29);
    let mut with_hits = 0;
    for _ in 0..12 {
        let library = dice.library(1 << 20);
        for _ in 0..30 {
            let query =
                Query { text: dice.signs() + [" ", ""][dice.roll(2)], limit: 1000, ..dice.query() };
            let answer = library.ask(&query);
            let is_vain = |clause: &Clause| clause.kind == ClauseKind::Phrase && !clause.found;
            let said = library.oracle.ask(&query);
            if said.is_empty() && answer.clauses.iter().any(is_vain) {
                let loose = Query { reading: Reading::Loose, ..query };
                assert_eq!(answer.hits.is_empty(), library.oracle.ask(&loose).is_empty());
                continue;
            }
            assert_eq!(ranked(&answer), said, "{query:?}");
            let all = library.oracle.ask_all(&query).len();
            assert_eq!((answer.total as usize, answer.unchecked), (all, 0), "{query:?}");
            with_hits += usize::from(all > 0);
        }
    }
    assert!(with_hits > 60, "{with_hits}");
}

#[test]
fn words_of_a_phrase_that_stands_nowhere_are_found_apart() {
    let ask = |text: &str| {
        let answer = small().ask(&query(text));
        let clauses: Vec<_> =
            answer.clauses.iter().map(|clause| (clause.kind, clause.found)).collect();
        (answer.hits.len(), clauses)
    };
    assert_eq!(ask("\"sends a dtmf\""), (1, vec![(ClauseKind::Phrase, true)]));
    assert_eq!(ask("error \"dtmf zebra sends\": refused"), (1, vec![(ClauseKind::Phrase, false)]));
    assert_eq!(ask("\"dtmf zebra\" product:cpp").0, 0, "the filter stands");
}

#[test]
fn what_stands_within_counts_more_below_its_own_heading() {
    let passage = |title: &str, body: &str| (title.to_string(), vec![], body.to_string());
    let within = "One thing.\n\n## Quota backend\n\nIt is what it is, and more is said of it here than elsewhere.\n";
    let code = within.replace("\n## Quota", "\n```\n## Quota").replace("said", "said.\n```\n");
    let guide = vec![vec![
        passage("A", &within.replace("## ", "")),
        passage("B", &code),
        passage("C", within),
    ]];
    let found = build(&[("A/-/-/guide", guide)], 1 << 12).find("quota backend ");
    assert_eq!(found.first().map(String::as_str), Some("A/-/-/guide::0::2"));
}

#[test]
fn what_only_links_to_a_text_stands_behind_it() {
    let passage = |title: &str, body: &str| (title.to_string(), vec![], body.to_string());
    let links = "[Quota backend](a.md)\\\n[Quota limits](b.md)\n- [Quota and backend](c.md)\n";
    let text =
        "The quota is what the backend may take. ".to_string() + &"It is set once. ".repeat(9);
    let guide = vec![vec![passage("See also", links), passage("Limits", &text)]];
    let found = build(&[("A/-/-/guide", guide)], 1 << 12).find("quota backend ");
    assert_eq!(found, ["A/-/-/guide::0::1", "A/-/-/guide::0::0"]);
}

#[test]
fn a_run_of_glyphs_is_found_by_any_two_of_them() {
    let guide = vec![vec![("".into(), vec![], "重置密码".into())]];
    let library = build(&[("A/-/-/guide", guide)], 1 << 12);
    let is_found = |text: &str| library.ask(&query(text)).words[0].found;
    assert!(is_found("密码怎么办 ") && !is_found("怎么办 "));
}

#[test]
fn a_part_of_a_word_is_no_word_of_a_title() {
    let passage =
        |title: &str| (title.to_string(), vec![], "Some more words of no weight".to_string());
    let guide = vec![vec![passage("SizeOfThings"), passage("A size of things")]];
    let found = build(&[("A/-/-/guide", guide)], 1 << 12).find("size ");
    assert_eq!(found, ["A/-/-/guide::0::1", "A/-/-/guide::0::0"]);
}

/// Small shards cut the words that begin with the last one short, so these queries end in a blank.
#[test]
fn shards_change_nothing() {
    let mut dice = Dice(11);
    let library = dice.library(300);
    assert!(library.summary.word_shards > 10, "{:?}", library.summary);
    for _ in 0..200 {
        let query = Query { text: dice.text(4) + " ", ..dice.query() };
        assert_eq!(ranked(&library.ask(&query)), library.oracle.ask(&query), "{query:?}");
    }
}

#[test]
fn every_hit_is_on_one_page() {
    let library = Dice(3).library(1 << 20);
    let query = |text: &str| Query { every_version: true, ..query(text) };
    let mut all = library.ask(&Query { limit: 1000, ..query("agent") });
    assert!(all.hits.len() > 50 && all.hits.len() < all.total as usize, "some are near others");
    let mut joined = vec![];
    for offset in (0..all.total + 10).step_by(10) {
        joined.extend(library.ask(&Query { offset, ..query("agent") }).hits);
    }
    let groups =
        |hits: &[Hit]| -> Vec<DocumentId> { hits.iter().map(|hit| hit.record.group).collect() };
    assert_eq!(groups(&joined)[..1], groups(&all.hits)[..1]);
    joined.sort_by_key(|hit| hit.record.group);
    all.hits.sort_by_key(|hit| hit.record.group);
    assert_eq!(groups(&joined), groups(&all.hits));
    let none = library.ask(&Query { limit: 0, ..query("agent") });
    assert_eq!((none.total, none.hits.len()), (all.total, 0));
}

#[test]
fn the_same_library_gives_the_same_bytes() {
    assert_eq!(Dice(5).library(500).shards, Dice(5).library(500).shards);
}

#[test]
fn what_was_spilled_changes_no_byte() {
    for seed in 0..6 {
        let guides = Dice(seed).guides();
        let (whole, spills) = build_within(&guides, 500, usize::MAX);
        assert_eq!(spills, 0);
        for (memory_bytes, spills_min) in [(100_000, 1), (0, guides.len())] {
            let (spilled, spills) = build_within(&guides, 500, memory_bytes);
            assert!(spills >= spills_min, "{spills} within {memory_bytes} bytes");
            assert_eq!(spilled.summary, whole.summary);
            assert!(spilled.shards == whole.shards, "{memory_bytes} bytes, seed {seed}");
        }
    }
}

fn check(text: &str, first: &str) {
    assert_eq!(small().find(text).first().map(String::as_str), Some(first), "{text}");
}

#[test]
fn the_right_passage_comes_first() {
    let [dtmf, event, configuring] = [
        "Cisco/Finesse/v12.5/Guide::0::0",
        "Cisco/Finesse/v12.5/Guide::0::1",
        "Cisco/Finesse/v12.5/Guide::0::2",
    ];
    let [warning, statement] =
        ["Microsoft/Cpp/-/Reference::0::0", "Microsoft/Cpp/-/Reference::0::1"];
    for (text, first) in [
        ("send DTMF string", dtmf),
        ("sending strings", dtmf),
        ("/finesse/api/Dialog", dtmf),
        ("<dialogId>", dtmf),
        ("update_call_data", event),
        ("UPDATE_CALL_DA", event),
        ("12.5(1)", event),
        ("12.5", event),
        ("configurat", configuring),
        ("c4996", warning),
        ("C49", warning),
        ("unique_ptr", statement),
        ("operator<<", statement),
        ("std::ostream", statement),
        ("no-verify", statement),
        ("c++", statement),
        ("for", statement),
        ("what the", statement),
    ] {
        check(text, first);
    }
}

#[test]
fn words_in_no_passage_are_reported() {
    let answer = small().ask(&query("send zebras"));
    let words: Vec<_> = answer.words.iter().map(|word| (word.text.as_str(), word.found)).collect();
    assert_eq!(words, [("send", true), ("zebras", false)]);
    assert_eq!(answer.hits.len(), 1);
    let nothing = small().ask(&query("?!"));
    assert_eq!(nothing, Answer::default());
    for (text, is_found) in [("call_data", false), ("call-data", true), ("update_call_data", true)]
    {
        assert_eq!(small().ask(&query(text)).words[0].found, is_found, "{text}");
    }
}

#[test]
fn facets_count_all_matches() {
    let query = Query {
        limit: 1,
        facets: Facets::Count,
        product: Some("finesse alias".into()),
        ..query("api declared agents")
    };
    let answer = small().ask(&query);
    assert_eq!(answer.total, 2);
    let products: Vec<_> =
        answer.facets.iter().filter(|facet| facet.level == Level::Product).collect();
    let counts: Vec<_> = products
        .iter()
        .map(|facet| (facet.key.as_str(), facet.name.as_str(), facet.count))
        .collect();
    assert_eq!(counts, [("finesse", "Finesse", 2), ("cpp", "Cpp", 1)]);
    let vendors: Vec<_> = answer
        .facets
        .iter()
        .filter(|facet| facet.level == Level::Vendor)
        .map(|facet| facet.key.as_str())
        .collect();
    assert_eq!(vendors, ["cisco"]);
}

#[test]
fn a_name_alone_finds_passages_and_no_gap_between_them() {
    let mut dice = Dice(7);
    let sources = |dice: &mut Dice| (0..9).map(|_| dice.passages(5)).collect();
    let paths = ["v/p/2/a", "v/p/2/b", "v/p/2/c", "v/q/1/d", "v/r/1/e", "v/s/1/f"];
    let guides: Vec<_> = paths.iter().map(|path| (*path, sources(&mut dice))).collect();
    let library = build(&guides, 1000);
    let passages: usize =
        guides[..3].iter().flat_map(|(_, sources)| sources).map(|passages| passages.len()).sum();
    for (text, reading) in [("p", "a name"), ("product:p", "a filter")] {
        let answer = library.ask(&Query { limit: 1000, ..query(text) });
        assert_eq!((answer.total as usize, answer.hits.len()), (passages, passages), "{reading}");
    }
}

#[test]
fn an_empty_library_answers() {
    let library = build(&[], 1000);
    assert_eq!(library.find("anything"), [""; 0]);
    let answer =
        library.ask(&Query { facets: Facets::Count, vendor: Some("x".into()), ..query("x") });
    assert_eq!((answer.total, answer.words[0].found), (0, false));
}

/// One word in very many passages: most of its postings lie in tiers.
#[test]
fn hot_words_agree_with_the_oracle_too() {
    let mut dice = Dice(21);
    let mut passages = |count: usize, more: &str| -> Vec<Vec<Passage>> {
        let passage = |dice: &mut Dice, idx: usize| {
            let often = "agent ".repeat(dice.roll(5) + 1);
            let title = if dice.roll(40) == 0 { "queue" } else { "" };
            let rare = if idx.is_multiple_of(37) { "rare" } else { "" };
            let queue = "queue ".repeat(dice.roll(3));
            (
                title.into(),
                vec![],
                format!("{often}{queue}{rare} {more} p{} {}", idx % 80, dice.text(30)),
            )
        };
        vec![(0..count).map(|idx| passage(&mut dice, idx)).collect()]
    };
    let guides = [
        ("A/one/v2/guide", passages(3400, "new")),
        ("A/one/v1 old/guide", passages(2000, "old")),
        ("A/two/v1/guide", passages(500, "two")),
    ];
    let library = build(&guides, 4000);
    assert!(library.summary.tier_shards >= 4, "{:?}", library.summary);
    for text in [
        "agent ",
        "queue ",
        "agent queue ",
        "rare agent ",
        "queue rare p37 ",
        "agent old ",
        "agent qu",
    ] {
        for every_version in [false, true] {
            for product in [None, Some("two".to_string())] {
                let query = Query { every_version, product, limit: 10, ..query(text) };
                let expected = library.oracle.ask(&query);
                let answer = library.ask(&query);
                assert_eq!(
                    answer.total as usize,
                    library.oracle.ask_all(&query).len(),
                    "{query:?}"
                );
                assert_eq!(ranked(&answer)[..6], expected[..6], "{query:?}");
                let all = library.ask(&Query { limit: 10_000, ..query.clone() });
                assert_eq!(ranked(&all), expected, "{query:?}");
            }
        }
    }
    let mut engine = library.engine();
    let mut fed = vec![];
    while let Reply::Need(ids) = engine.ask(&query("agent ")).unwrap() {
        ids.iter().for_each(|id| engine.feed(id, &library.shards[id]).unwrap());
        fed.extend(ids);
    }
    assert!(
        fed.iter().all(|id| !id.starts_with("p/")),
        "one word's first postings are enough: {fed:?}"
    );
}

#[test]
fn chunks_and_sources_are_fetched() {
    let mut dice = Dice(17);
    let sources: Vec<Vec<Passage>> = (0..3).map(|_| dice.passages(40)).collect();
    let mut old = sources.clone();
    old[1].reverse();
    let guides = [("A/one/v2/Guide", sources), ("A/one/v1 old/Guide", old)];
    let library = build(&guides, 500);
    assert_eq!(library.summary.documents * 2, library.summary.chunks);
    for (path, guide) in &guides {
        for (source, passages) in guide.iter().enumerate() {
            let records = library.fetch(&Wanted::Source(&format!("{path}/{source}.md")));
            let texts: Vec<_> = records.iter().map(|record| record.text.clone()).collect();
            assert_eq!(texts, passages.iter().map(|passage| passage.2.clone()).collect::<Vec<_>>());
            let id = format!("{path}::{source}::0");
            for address in [&id, &format!("{path}/{source}/0.html")] {
                let record = library.fetch(&Wanted::Chunk(address)).remove(0);
                assert_eq!((&record.place.id, &record.text), (&id, &passages[0].2));
                assert_eq!(record.others.len(), 1);
            }
        }
    }
    assert_eq!(library.fetch(&Wanted::Chunk("../../etc/passwd")), []);
    assert_eq!(library.fetch(&Wanted::Source("nothing.md")), []);
    assert_eq!(library.fetch(&Wanted::Group(DocumentId(0))).len(), 1);
    assert_eq!(library.fetch(&Wanted::Group(DocumentId(1 << 30))), []);
}

#[test]
fn a_version_shows_its_own_place() {
    let passage = (String::from("Send"), vec![], String::from("Send DTMF in every release."));
    let changed = |text: &str| (String::from("Other"), vec![], format!("DTMF {text}"));
    let guides = [
        ("C/f/v2/g", vec![vec![passage.clone(), changed("new")]]),
        ("C/f/v1 old/g", vec![vec![changed("old"), passage]]),
    ];
    let library = build(&guides, 1000);
    let ids = |query: Query| -> Vec<String> {
        library.ask(&query).hits.into_iter().map(|hit| hit.record.place.id).collect()
    };
    assert_eq!(ids(query("dtmf send")), ["C/f/v2/g::0::0", "C/f/v2/g::0::1"]);
    let old = Query { version: Some("v1 old".into()), ..query("dtmf send") };
    assert_eq!(ids(old), ["C/f/v1 old/g::0::1", "C/f/v1 old/g::0::0"]);
    let every = Query { every_version: true, ..query("dtmf") };
    assert_eq!(ids(every.clone()).len(), 3);
    let first =
        library.ask(&every).hits.into_iter().find(|hit| hit.record.title == "Send").unwrap();
    let versions: Vec<_> =
        first.record.places().map(|place| place.version.as_deref().unwrap()).collect();
    assert_eq!(versions, ["v2", "v1 old"]);
}

/// So many shards and guides that the root lists pages of them; three trips instead of two.
#[test]
fn the_root_stays_small() {
    let mut dice = Dice(13);
    let paths: Vec<String> = (0..8300).map(|idx| format!("A/b/v1/g{idx}")).collect();
    let mut passage = |idx| {
        (format!("t{idx}"), vec![], (0..8).map(|_| format!("w{:x} ", dice.roll(1 << 30))).collect())
    };
    let guides: Vec<(&str, Vec<Vec<Passage>>)> = paths
        .iter()
        .enumerate()
        .map(|(idx, path)| (path.as_str(), vec![vec![passage(idx)]]))
        .collect();
    let library = build(&guides, 60);
    assert!(library.shards["root"].len() < 20_000, "{}", library.shards["root"].len());
    assert!(library.shards.keys().filter(|id| id.starts_with("d/")).count() > 2);
    assert!(library.summary.word_shards > 2000, "{:?}", library.summary);
    for idx in [0, 4100, 8299] {
        assert_eq!(library.find(&format!("t{idx} ")), [format!("A/b/v1/g{idx}::0::0")]);
    }
    assert_eq!(library.find("absent "), [""; 0]);
}

fn found_by(text: &str) -> Vec<(String, String)> {
    let passage = |title: &str, body: &str| (title.into(), vec![], body.into());
    let guides = [(
        "A/-/-/guide",
        vec![vec![
            passage("Words", "alpha alone"),
            passage("Others", "what zoning is"),
            passage("Phrases", "two call-agents wait"),
            passage("Apart", "a call and an agent"),
            passage("Names", "written in C++"),
        ]],
    )];
    let hits = build(&guides, 1 << 12).ask(&query(text)).hits;
    let shown = |pieces: Vec<Piece>| {
        let marked = pieces.into_iter().filter(|piece| piece.marked).map(|piece| piece.text);
        marked.collect::<Vec<_>>().join(",")
    };
    hits.into_iter().map(|hit| (hit.record.title, shown(hit.snippet))).collect()
}

/// What a query finds, the best first, with what is marked there.
fn check_synonyms(text: &str, expected: &str) {
    let found = found_by(text).into_iter().map(|(title, marked)| format!("{title} {marked}"));
    assert_eq!(found.collect::<Vec<_>>().join(" | "), expected, "{text}");
}

#[test]
fn synonyms_are_found_below_the_very_word_and_marked() {
    check_synonyms("alpha ", "Words alpha | Others zoning");
    check_synonyms("alpha", "Words alpha | Others zoning");
    check_synonyms("alph", "Words alpha");
    check_synonyms("zones ", "Words alpha | Others zoning");
    check_synonyms("title:alpha", "");
    check_synonyms("\"alpha\" ", "Words alpha");
    check_synonyms("networks ", "Phrases call,agents");
    check_synonyms("gamma ", "Names C++");
    check_synonyms("what -alpha ", "Others what");
}

#[test]
fn a_word_that_only_its_synonyms_say_is_found() {
    let guides = [("A/-/-/guide", vec![vec![("".into(), vec![], "the zoning".into())]])];
    let answer = build(&guides, 1 << 12).ask(&query("alpha "));
    assert!(answer.words[0].found && answer.words[0].meant.is_empty(), "{:?}", answer.words);
    assert_eq!(answer.total, 1);
}
