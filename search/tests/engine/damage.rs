//! Damaged, swapped and foreign shards: refused or read without a panic, never taken for an answer.

use search::*;

use crate::library::{Dice, Library, query, small};

#[test]
fn damaged_and_swapped_shards_are_refused() {
    let library = Dice(9).library(800);
    let mut engine = library.engine();
    let query = Query { facets: Facets::Count, ..query("agent dialog") };
    while let Reply::Need(ids) = engine.ask(&query).unwrap() {
        ids.iter().for_each(|id| feed_damaged(&mut engine, &library, id));
        assert_eq!(
            engine.ask(&query).unwrap(),
            Reply::Need(ids.clone()),
            "nothing damaged is taken"
        );
        ids.iter().for_each(|id| engine.feed(id, &library.shards[id]).unwrap());
    }
}

fn feed_damaged(engine: &mut Engine, library: &Library, id: &str) {
    let raw = &library.shards[id];
    let corrupt = Err(Error::Corrupt(match &id[..2] {
        "w/" => Part::Words,
        "p/" => Part::Tiers,
        "t/" => Part::Texts,
        _ => Part::Guides,
    }));
    for bytes in [&raw[..raw.len() - 1], &[], b"<!doctype html>404"] {
        assert_eq!(engine.feed(id, bytes), corrupt);
    }
    for at in [0, raw.len() / 2, raw.len() - 1] {
        let mut flipped = raw.clone();
        flipped[at] ^= 4;
        assert_eq!(engine.feed(id, &flipped), corrupt);
    }
    let other = library.shards.keys().find(|other| *other != id).unwrap();
    assert_eq!(engine.feed(id, &library.shards[other]), corrupt);
}

#[test]
fn shards_of_another_build_are_refused() {
    let (mine, other) = (Dice(1).library(800), Dice(2).library(800));
    let mut engine = mine.engine();
    // Tiers are asked for by the name of their bytes: another build's may lie there and are never used.
    let foreign = other.shards.iter().filter(|(id, _)| !mine.shards.contains_key(*id));
    for (id, raw) in foreign.filter(|(id, _)| !id.starts_with("p/")) {
        assert_eq!(engine.feed(id, raw), Err(Error::Foreign), "{id}");
    }
    assert_eq!(engine.feed("root", &other.shards["root"]), Err(Error::Foreign));
    assert_eq!(engine.feed("x/../y", &[]), Err(Error::Foreign));
}

#[test]
fn another_version_is_told() {
    let mut root = small().shards["root"].clone();
    root[4] = 99;
    assert_eq!(
        Engine::open(&root).err(),
        Some(Error::Version { found: 99, expected: FORMAT_VERSION })
    );
}

/// Bytes that are wrong though their checksum is right, as a writer with a mistake would leave them.
#[test]
fn wrong_bytes_with_a_right_checksum_never_panic() {
    let library = Dice(4).library(2000);
    let mut dice = Dice(5);
    let query = Query { facets: Facets::Count, ..query("compiler age") };
    for _ in 0..1000 {
        let mut engine = library.engine();
        for _ in 0..4 {
            let Ok(Reply::Need(ids)) = engine.ask(&query) else { break };
            for id in ids {
                let mut raw = library.shards[&id].clone();
                let body = raw.len() - 8;
                raw[dice.roll(body)] ^= 1 << dice.roll(8);
                let sum = id
                    .bytes()
                    .chain(raw[..body].iter().copied())
                    .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
                    });
                raw[body..].copy_from_slice(&sum.to_le_bytes());
                let _ = engine.feed(&id, &raw);
            }
        }
    }
}
