//! The work on one source: read, parse, write its pages, gather its terms and records.
//!
//! In: one source of the library. Out: its pages on disk, its segment in the spool, a small summary.
//! All of it depends on the source, the configuration and the library's list of names alone, so
//! sources are worked on in any order and on any thread, and only where any of these has changed (`cache`).

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{
    address,
    cache::{self, Answers, Asked},
    files::Files,
    index,
    library::{Guide, Library, Line, Origin, Record, Source, read_records},
    links::{SourceLinks, Targets},
    model::{Chunk, Document, Page, Warning},
    parse,
    related::Faces,
    site::{self, Site, SourceSummary},
    spool::{Slot, Spool},
};

/// What all sources share while they are worked on.
pub(crate) struct Workshop<'a> {
    pub(crate) site: &'a Site<'a>,
    pub(crate) targets: &'a Targets,
    pub(crate) files: &'a Files<'a>,
    pub(crate) spool: &'a Spool,
}

/// What is left of a source once its pages are written.
pub(crate) struct Done {
    pub(crate) summary: SourceSummary,
    pub(crate) slot: Slot,
    pub(crate) faces: Faces,
    pub(crate) warnings: Vec<Warning>,
    /// What was read, in one number.
    pub(crate) content: u128,
    /// What its links asked of the library.
    pub(crate) answers: Answers,
    /// The addresses of its pages.
    pub(crate) pages: Vec<String>,
}

/// A document with the names of its chunks.
pub(crate) struct Reading {
    /// Index of the source in the library.
    pub(crate) at: usize,
    pub(crate) document: Document,
    /// One for each chunk.
    pub(crate) names: Vec<Names>,
}

/// The lasting names of a chunk.
pub(crate) struct Names {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) context_url: String,
}

impl Workshop<'_> {
    /// Does all the work on source `at`.
    pub(crate) fn work(&self, at: usize) -> Result<Done> {
        let mut warnings = Vec::new();
        let library = self.site.library;
        let links = SourceLinks { library, targets: self.targets, files: self.files, source: at };
        let links = Asked::new(&links);
        let (reading, content) = self.read(at, &links, &mut warnings)?;
        let shared = site::Shared::of(self.site, &reading);
        site::write_chunks(self.site, &reading, &shared)?;
        site::write_reading_view(self.site, &reading, &shared)?;
        let (segment, faces) = index::segment(library, &reading)?;
        let slot = self.spool.put(&segment)?;
        let summary = SourceSummary::new(library, &reading);
        let (pages, answers) = (reading.pages(library), links.answers());
        Ok(Done { summary, slot, faces, warnings, content, answers, pages })
    }

    /// Writes the pages of the chunks of source `at`, and nothing else.
    pub(crate) fn write_chunks(&self, at: usize) -> Result<()> {
        let library = self.site.library;
        let links = SourceLinks { library, targets: self.targets, files: self.files, source: at };
        let (reading, _) = self.read(at, &Asked::new(&links), &mut Vec::new())?;
        site::write_chunks(self.site, &reading, &site::Shared::of(self.site, &reading))
    }

    /// A source as a document, and its text in one number.
    fn read(
        &self,
        at: usize,
        links: &Asked,
        warnings: &mut Vec<Warning>,
    ) -> Result<(Reading, u128)> {
        let library = self.site.library;
        let source = &library.sources[at];
        match &source.origin {
            Origin::File { disk, is_near_json } => {
                let bytes =
                    fs::read(disk).with_context(|| format!("cannot read {}", disk.display()))?;
                let side = if *is_near_json { side_file(disk)? } else { None };
                let input = parse::Input { bytes: &bytes, side: side.as_deref() };
                let reading = from_text(library, at, &input, links, warnings);
                refuse_ids_of_records(library, &reading)?;
                Ok((reading, cache::content_of_file(&bytes, side.as_deref())))
            }
            Origin::Document { file, line, .. } => {
                let records = read_records(file, &[*line])?;
                let input = parse::Input { bytes: records[0].1.text.as_bytes(), side: None };
                let reading = from_text(library, at, &input, links, warnings);
                Ok((reading, cache::content_of_lines("", &[*line])))
            }
            Origin::Records { file, name, lines } => {
                let records = read_records(file, lines)?;
                let reading = from_records(library, at, name, &records, links, warnings);
                Ok((reading, cache::content_of_lines(name, lines)))
            }
        }
    }
}

/// The converter's page numbers beside a text: `X_content_list.json` or page chunks in `X.json`.
pub(crate) fn side_file(disk: &Path) -> Result<Option<Vec<u8>>> {
    let is_json = disk.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let Some(stem) = disk.file_stem().filter(|_| !is_json) else {
        return Ok(None);
    };
    for (ending, kind) in [("_content_list.json", SideKind::List), (".json", SideKind::Chunks)] {
        let mut name = stem.to_os_string();
        name.push(ending);
        let file = disk.with_file_name(name);
        if !file.is_file() {
            continue;
        }
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if matches!(kind, SideKind::List) || parse::is_page_chunks(&bytes) {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// What the name of a file promises: only a content list has a name of its own.
enum SideKind {
    List,
    Chunks,
}

/// A document read from its own text.
fn from_text(
    library: &Library,
    at: usize,
    input: &parse::Input,
    links: &Asked,
    warnings: &mut Vec<Warning>,
) -> Reading {
    let source = &library.sources[at];
    let settings = library.reading_of(source);
    let mut document = parse::document(&source.path, input, &settings, links, warnings);
    if document.chunks.is_empty() {
        warnings.extend(title_page(&mut document, source));
    }
    retitle(&mut document, source);
    let ids = document.chunks.iter().map(|chunk| source.address.chunk_id(&chunk.own));
    with_ids(library, at, ids.collect(), document)
}

/// An id leads to one chunk: what a record calls by the id of a file's chunk is an error.
fn refuse_ids_of_records(library: &Library, reading: &Reading) -> Result<()> {
    let source = reading.source(library);
    for (chunk, names) in reading.document.chunks.iter().zip(&reading.names) {
        if let Some((file, line)) = library.record_ids.get(&names.id) {
            bail!(
                "{file}:{line}: chunk_id \"{}\" is the id of a passage of {}:{}; every id must stand once",
                names.id,
                source.path,
                chunk.lines.0
            );
        }
    }
    Ok(())
}

/// The parser knows a record by its path alone; its title stands in the record.
fn retitle(document: &mut Document, source: &Source) {
    if matches!(source.origin, Origin::Document { .. }) {
        let by_path = parse::survey(&source.path, b"").title;
        let untitled = document.chunks.iter_mut().filter(|chunk| chunk.title == by_path);
        untitled.for_each(|chunk| chunk.title.clone_from(&source.title));
    }
}

/// A source without text still has a page, with its title alone, so that links to it hold. Only a file
/// without a title of its own is worth a warning.
fn title_page(document: &mut Document, source: &Source) -> Option<Warning> {
    document.chunks.push(Chunk {
        own: "1".to_string(),
        title: source.title.clone(),
        lines: (1, 1),
        ..Chunk::default()
    });
    document.parts = std::iter::once(0..1).collect();
    let untitled = matches!(source.origin, Origin::File { .. }) && document.front.title.is_none();
    let detail = "shown with its title alone".to_string();
    let warning =
        Warning { source: source.path.clone(), line: 0, kind: "no text in the file", detail };
    untitled.then_some(warning)
}

fn with_ids(library: &Library, at: usize, ids: Vec<String>, document: Document) -> Reading {
    let mut reading = Reading { at, document, names: Vec::new() };
    let address = &library.sources[at].address;
    let names = ids.into_iter().enumerate().map(|(index, id)| {
        let own = &reading.document.chunks[index].own;
        let context_url = address.context_url(own, reading.part_of(index));
        Names { id, url: address.chunk_url(own), context_url }
    });
    reading.names = names.collect();
    reading
}

/// A document made of the records that name it as their source.
fn from_records(
    library: &Library,
    at: usize,
    file: &str,
    records: &[(Line, Record)],
    links: &Asked,
    warnings: &mut Vec<Warning>,
) -> Reading {
    let source = &library.sources[at];
    let settings = library.reading_of(source);
    let mut document = Document { paged: true, ..Document::default() };
    let mut ids = Vec::with_capacity(records.len());
    let mut anchors = parse::Anchors::default();
    for (line, record) in records {
        let own = own_part(&source.address.id, &record.chunk_id);
        let safe = address::slug(own);
        let fragment = parse::fragment(
            &source.path,
            &record.text,
            &safe,
            &settings,
            links,
            &mut anchors,
            warnings,
        );
        let chunk = document.chunks.len();
        document.outline.extend(fragment.outline.into_iter().map(|mut heading| {
            heading.chunk = chunk;
            heading
        }));
        ids.push(record.chunk_id.clone());
        document.chunks.push(Chunk {
            own: own.to_string(),
            title: record_title(record, &source.title),
            headings: record.section.iter().cloned().collect(),
            page: record.page.map(|number| Page { number, label: label(record, own, number) }),
            lines: (line.number, line.number),
            words: fragment.words,
            html: fragment.html,
            text: fragment.text,
        });
    }
    for warning in warnings.iter_mut().filter(|warning| warning.source == source.path) {
        warning.source = file.to_string();
    }
    document.parts = parse::record_parts(&document.chunks, &settings);
    with_ids(library, at, ids, document)
}

/// What an id adds to its source's id; an id of another shape is its own part as a whole.
fn own_part<'a>(source_id: &str, chunk_id: &'a str) -> &'a str {
    let rest = chunk_id.strip_prefix(source_id).and_then(|rest| rest.strip_prefix("::"));
    rest.filter(|own| !own.is_empty()).unwrap_or(chunk_id)
}

fn record_title(record: &Record, source_title: &str) -> String {
    match (&record.title, record.page, &record.section) {
        (Some(title), _, _) => title.clone(),
        (None, Some(number), _) => format!("Page {number}"),
        (None, None, Some(section)) => section.clone(),
        (None, None, None) => source_title.to_string(),
    }
}

/// The printed label: given, or the id's own part where that is a number other than the page's.
fn label(record: &Record, own: &str, number: u32) -> Option<String> {
    let given = record.label.clone();
    let number = number.to_string();
    let is_label = |own: &&str| {
        own.bytes().all(|byte| byte.is_ascii_digit())
            || own.bytes().all(|byte| b"ivxlc".contains(&byte))
    };
    given
        .or_else(|| Some(own).filter(is_label).map(str::to_string))
        .filter(|label| *label != number)
}

impl Reading {
    pub(crate) fn source<'a>(&self, library: &'a Library) -> &'a Source {
        &library.sources[self.at]
    }

    pub(crate) fn guide<'a>(&self, library: &'a Library) -> &'a Guide {
        let guide = library.guides.partition_point(|guide| guide.sources.end <= self.at);
        &library.guides[guide]
    }

    /// The addresses of all its pages.
    fn pages(&self, library: &Library) -> Vec<String> {
        let address = &self.source(library).address;
        let parts = (0..self.document.parts.len()).map(|part| address.part_url(part));
        self.names.iter().map(|names| names.url.clone()).chain(parts).collect()
    }

    /// The part of the reading view that holds a chunk.
    pub(crate) fn part_of(&self, chunk: usize) -> usize {
        self.document.parts.partition_point(|part| part.end <= chunk)
    }

    /// Title and address of a chunk of this source, or of the source before or after it.
    pub(crate) fn neighbor(
        &self,
        library: &Library,
        chunk: Option<usize>,
    ) -> Option<(String, String)> {
        match chunk {
            None => self.sibling(library, -1),
            Some(at) => match self.document.chunks.get(at) {
                Some(chunk) => {
                    Some((said(chunk, &self.source(library).title), self.names[at].url.clone()))
                }
                None => self.sibling(library, 1),
            },
        }
    }

    /// Title and address of the source before (-1) or after (1) this one in its guide.
    pub(crate) fn sibling(&self, library: &Library, step: isize) -> Option<(String, String)> {
        let at = self.at.checked_add_signed(step)?;
        let source = self.guide(library).sources.contains(&at).then(|| &library.sources[at])?;
        Some((source.title.clone(), source.address.part_url(0)))
    }
}

/// What a link to a chunk says of it: a page's number alone says too little, and so may a heading that others have as well.
fn said(chunk: &Chunk, document: &str) -> String {
    match chunk.headings.last().filter(|heading| chunk.page.is_some() || *heading != document) {
        Some(heading) => format!("{} · {heading}", chunk.title),
        None => chunk.title.clone(),
    }
}
