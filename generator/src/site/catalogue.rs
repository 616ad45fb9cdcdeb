//! The catalogue's data: what "Jump to" offers while the reader types.
//!
//! In: the library. Out: `search/catalogue.js`, at a fixed name, because pages never name the build. Each guide stands in
//! it once a product, with its newest version's page. Where the data would be too large, guides are left out first, then
//! products; every product keeps its share.

use std::collections::BTreeSet;

use anyhow::Result;
use catalogue::{Catalogue, Entry, Kind};

use super::{
    Site,
    browse::{by, product_name},
    checksum, guide_url, product_url, vendor_url,
};
use crate::{
    carrier,
    library::{Guide, Library},
    output,
};

const URL: &str = "search/catalogue.js";
/// As the scripts ask for it.
const ID: &str = "catalogue-data";
/// The file's size, whatever the library's.
const BYTES_MAX: usize = 30_000;

/// Writes the catalogue's data; gives its address and its bytes.
pub(super) fn write(site: &Site) -> Result<(String, u64)> {
    let script = fitting(&entries(site.library));
    let folder = site.folder.join("search");
    output::make_folder(&folder)?;
    output::write(&site.folder.join(URL), &script)?;
    Ok((URL.to_string(), script.len() as u64))
}

/// An entry, and how soon it is left out: the larger the sooner.
type Ranked = (usize, Entry);

/// The carrier of as many entries as fit, the least ranked first.
fn fitting(entries: &[Ranked]) -> Vec<u8> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| (entries[*at].1.kind, entries[*at].0, *at));
    let (mut fits, mut script) = (0, pack(entries, &[]));
    let mut over = order.len() + 1;
    let mut count = order.len();
    while fits + 1 < over {
        let tried = pack(entries, &order[..count]);
        match tried.len() <= BYTES_MAX {
            true => (fits, script) = (count, tried),
            false => over = count,
        }
        count = fits.midpoint(over);
    }
    script
}

/// The carrier of the chosen entries, in the library's order.
fn pack(entries: &[Ranked], chosen: &[usize]) -> Vec<u8> {
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    let text = Catalogue::encode(chosen.into_iter().map(|at| &entries[at].1));
    carrier::pack(ID, &checksum::sealed(text.into_bytes()))
}

/// All entries in the library's order, each ranked by its place among its kind in its product.
fn entries(library: &Library) -> Vec<Ranked> {
    let all: Vec<&Guide> = library.guides.iter().collect();
    let mut entries = Vec::new();
    for guides in by(&all, |guide| guide.place.vendor.clone()).values() {
        entries.extend(vendor(library, guides[0]).map(|entry| (0, entry)));
        let products = by(guides, |guide| Some(guide.place.product.clone()));
        for (rank, guides) in products.values().enumerate() {
            entries.push((rank, product(library, guides[0])));
            entries.extend(newest_guides(library, guides).enumerate());
        }
    }
    entries
}

fn vendor(library: &Library, guide: &Guide) -> Option<Entry> {
    let key = guide.place.vendor.as_deref()?;
    Some(Entry {
        kind: Kind::Vendor,
        title: library.name(key, key).to_string(),
        place: String::new(),
        url: vendor_url(key),
        aliases: library.config.aliases(key).to_vec(),
    })
}

fn product(library: &Library, guide: &Guide) -> Entry {
    let place = &guide.place;
    let vendor = place.vendor.as_deref().map(|key| library.name(key, key));
    Entry {
        kind: Kind::Product,
        title: product_name(library, place),
        place: vendor.unwrap_or_default().to_string(),
        url: product_url(place),
        aliases: library.config.aliases(&place.product_path()).to_vec(),
    }
}

/// The guides of a product by title, each at its newest version, which the library lists first.
fn newest_guides(library: &Library, guides: &[&Guide]) -> impl Iterator<Item = Entry> {
    let mut seen = BTreeSet::new();
    guides.iter().filter(move |guide| seen.insert(guide.title.to_lowercase())).map(|guide| {
        let place = &guide.place;
        let product = product_name(library, place);
        let version = place.version.as_deref().map(|key| library.name(&place.version_path(), key));
        Entry {
            kind: Kind::Guide,
            title: guide.title.clone(),
            place: [Some(product.as_str()), version].map(Option::unwrap_or_default).join(" "),
            url: guide_url(place),
            aliases: library.config.aliases(&place.guide_path()).to_vec(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: Kind, title: String, at: usize) -> Entry {
        // Numbers that do not compress stand for names of every kind.
        let hash = xxhash_rust::xxh3::xxh3_64(title.as_bytes());
        let url = format!("browse/{hash:016x}/{at}.html");
        Entry { kind, title, place: format!("place {hash:x}"), url, aliases: Vec::new() }
    }

    fn large(products: usize, guides: usize) -> Vec<Ranked> {
        let mut entries = vec![(0, entry(Kind::Vendor, "Vendor".into(), 0))];
        for at in 0..products {
            entries.push((at, entry(Kind::Product, format!("Product {at}"), at)));
            // The first product has most of the guides.
            let own = if at == 0 { guides } else { 3 };
            let guide = |rank| (rank, entry(Kind::Guide, format!("Guide {at}-{rank}"), rank));
            entries.extend((0..own).map(guide));
        }
        entries
    }

    fn kept(script: &[u8]) -> Vec<String> {
        let raw = carrier::unpack(ID, script).unwrap();
        let text = String::from_utf8(raw[..raw.len() - 4].to_vec()).unwrap();
        assert!(Catalogue::open(&text).is_some());
        text.lines().map(|line| line.split('\t').nth(1).unwrap().to_string()).collect()
    }

    #[test]
    fn a_small_library_is_whole() {
        let entries = large(5, 10);
        let titles: Vec<String> = entries.iter().map(|(_, entry)| entry.title.clone()).collect();
        assert_eq!(kept(&fitting(&entries)), titles);
        assert!(kept(&fitting(&[])).is_empty());
    }

    #[test]
    fn guides_are_left_out_first_and_every_product_keeps_its_share() {
        let script = fitting(&large(50, 5_000));
        assert!(script.len() <= BYTES_MAX && script.len() > BYTES_MAX - 200, "{}", script.len());
        let titles = kept(&script);
        let of = |kind: &str| titles.iter().filter(|title| title.starts_with(kind)).count();
        assert_eq!((of("Vendor"), of("Product")), (1, 50));
        assert!(titles.contains(&"Guide 49-2".into()) && !titles.contains(&"Guide 0-4999".into()));
    }

    #[test]
    fn any_library_fits() {
        let script = fitting(&large(20_000, 0));
        assert!(script.len() <= BYTES_MAX && script.len() > BYTES_MAX - 200, "{}", script.len());
        assert_eq!(kept(&script)[0], "Vendor");
    }

    #[test]
    fn same_entries_same_bytes() {
        assert_eq!(fitting(&large(50, 5_000)), fitting(&large(50, 5_000)));
    }
}
