//! What each command does with its arguments and how it reports.
//!
//! In: typed arguments. Out: work done, a summary on the terminal, an exit code.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    net::TcpListener,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use search::{Answer, Hit, Query, Record};
use serde::Serialize;

use crate::{
    args::{
        BuildArguments, EncodeArguments, EvalArguments, ExportArguments, ExportTask,
        IndexStatsArguments, Listen, McpArguments, PublishArguments, SearchArguments,
        ServeArguments,
    },
    clean::visible,
    compare::{self, Comparison},
    encoder::Model,
    eval::{self, Asked},
    export,
    mcp::Endpoint,
    model::Warning,
    notice::say,
    open::{Index, Reads},
    output,
    pipeline::{self, Options, Report},
    publish::{self, Removal},
    serve,
    shelf::{Filter, Shelf},
    stats,
    told::Told,
    warnings,
};

/// The exit code of `build --strict` with warnings.
const STRICT_CODE: u8 = 3;
/// The exit code of `eval --baseline` where the mean is lower than it was.
const WORSE_CODE: u8 = 4;
/// The exit code of `export check` with findings, and of whatever takes a site elsewhere that lacks files.
const FOUND_CODE: u8 = 3;
/// How many of the worst queries `eval` shows.
const WORST_SHOWN: usize = 10;

pub(crate) fn build(arguments: &BuildArguments) -> Result<ExitCode> {
    if let Some(jobs) = arguments.jobs {
        rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs)).build_global()?;
    }
    // What cannot be told at the end is said before any work.
    let lists = [&arguments.changes, &arguments.warnings];
    if let [Some(changes), Some(warnings)] = lists
        && changes == warnings
    {
        bail!("--changes and --warnings both name {}; give one another file", changes.display());
    }
    let is_printed = |file: &&PathBuf| output::is_standard_output(file);
    let (printed, files): (Vec<&PathBuf>, _) = lists.into_iter().flatten().partition(is_printed);
    files.into_iter().try_for_each(|file: &PathBuf| output::check_writable(file))?;
    let options = Options {
        library: arguments.library.clone(),
        site: output::behind_links(&arguments.output)?,
        base_url: arguments.base_url.clone(),
        no_highlight: arguments.no_highlight,
        fresh: arguments.fresh,
        refit: arguments.refit,
        list: arguments.changes.clone(),
        memory_bytes: arguments.memory,
        model: arguments.model.clone(),
        semantic_sample: arguments.semantic_sample.map(NonZeroUsize::get),
    };
    let report = pipeline::build(&options, &|| {})?;
    if let Some(file) = &arguments.warnings {
        write_warnings(file, &report.warnings)?;
    }
    // They stand there already.
    if !arguments.warnings.as_deref().is_some_and(output::is_standard_output) {
        show_warnings(&report, arguments.warnings.as_deref());
    }
    // Where a list is read, the summary would be taken for a part of it.
    match printed.is_empty() {
        true => tell(&summary(&report, &arguments.output))?,
        false => say(summary(&report, &arguments.output)),
    }
    let strict = arguments.strict && !report.warnings.is_empty();
    Ok(if strict { ExitCode::from(STRICT_CODE) } else { ExitCode::SUCCESS })
}

fn write_warnings(file: &Path, warnings: &[Warning]) -> Result<()> {
    let lines = warnings::lines(warnings);
    match output::is_standard_output(file) {
        true if lines.is_empty() => Ok(()),
        true => tell(lines.trim_end()),
        false => output::write(file, lines.as_bytes()),
    }
}

fn show_warnings(report: &Report, file: Option<&Path>) {
    for group in warnings::groups(&report.warnings) {
        say(format_args!("warning: {} ({})", group.kind, group.count));
        for line in &group.shown {
            // Names of files are whatever somebody called them.
            say(format_args!("  {}", visible(line)));
        }
        let hidden = group.count - group.shown.len();
        match (hidden, file) {
            (0, _) => {}
            (hidden, Some(file)) => say(format_args!("  and {hidden} more in {}", file.display())),
            (hidden, None) => {
                say(format_args!("  and {hidden} more; --warnings FILE writes them all"));
            }
        }
    }
}

fn summary(report: &Report, site: &Path) -> String {
    let counts = &report.counts;
    let numbers = [
        ("vendors", counts.vendors as u64),
        ("products", counts.products as u64),
        ("versions", counts.versions as u64),
        ("guides", counts.guides as u64),
        ("sources", counts.sources as u64),
        ("pages", counts.pages as u64),
        ("chunks", counts.chunks as u64),
        ("warnings", report.warnings.len() as u64),
        ("page bytes", report.page_bytes),
        ("index bytes", report.index_bytes),
    ];
    let mut text = String::new();
    for (name, number) in numbers {
        text.push_str(&format!("{name:>12}  {number}\n"));
    }
    text.push_str(&format!("{:>12}  {}\n", "changed", summary_of_changes(report)));
    text.push_str(&format!("{:>12}  {:.2} s\n", "time", report.time.as_secs_f64()));
    text.push_str(&format!("{:>12}  {}", "site", site.join("index.html").display()));
    text
}

fn summary_of_changes(report: &Report) -> String {
    let Some(changes) = &report.changes else { return "everything was built anew".to_string() };
    if changes.is_empty() {
        return "nothing".to_string();
    }
    let is_index = |path: &&String| path.starts_with("search/");
    let written = changes.added.iter().chain(&changes.changed);
    let index = written.clone().filter(is_index).count();
    format!(
        "{} sources read, {} pages and files written, {index} of the index, {} removed",
        report.work,
        written.count() - index,
        changes.removed.len()
    )
}

pub(crate) fn serve(arguments: &ServeArguments) -> Result<ExitCode> {
    // A port that is taken is said before a library is built.
    let listener = listener(&arguments.addr)?;
    let build = match output::is_site(&arguments.folder) {
        true => None,
        false => Some(build_to_serve(arguments)?),
    };
    serve::run(serve::Options {
        site: build.as_ref().map_or(&arguments.folder, |build| &build.site).clone(),
        build,
        listener,
        allowed_hosts: arguments.allow_host.clone(),
        allowed_origins: arguments.allow_origin.clone(),
        settings: arguments.agent.settings(None),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The first address that can be listened on; else why the first cannot.
fn listener(Listen(addresses): &Listen) -> Result<TcpListener> {
    let mut tried = addresses.iter().map(|address| serve::listen(*address));
    let first = tried.next().context("the name has no address")?;
    first.or_else(|refused| tried.find_map(Result::ok).ok_or(refused))
}

/// Builds a library once, and says how it is built again.
fn build_to_serve(arguments: &ServeArguments) -> Result<Options> {
    let library = std::fs::canonicalize(&arguments.folder)
        .with_context(|| format!("cannot open {}", arguments.folder.display()))?;
    let site = arguments.output.clone().unwrap_or_else(|| temporary_site(&library));
    let site = std::path::absolute(&site).context("cannot tell the current folder")?;
    let site = output::behind_links(&site)?;
    let memory_bytes = pipeline::MEMORY_BYTES;
    let options = Options { library, site, memory_bytes, ..Options::default() };
    let report = pipeline::build(&options, &|| {})?;
    show_warnings(&report, None);
    tell(&summary(&report, &options.site))?;
    Ok(options)
}

pub(crate) fn mcp(arguments: &McpArguments) -> Result<ExitCode> {
    let shelf = Arc::new(Shelf::open(&arguments.site)?);
    let settings = arguments.agent.settings(arguments.base_url.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Endpoint::new(shelf, settings).speak())?;
    // A read of standard input that nobody waits for any more must not hold up the end.
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

/// One folder a library, so that serving it again replaces what was built before.
fn temporary_site(library: &Path) -> PathBuf {
    let hash = xxhash_rust::xxh3::xxh3_64(library.as_os_str().as_encoded_bytes());
    std::env::temp_dir().join(format!("mcdewey-{hash:016x}"))
}

pub(crate) fn search(arguments: &SearchArguments) -> Result<ExitCode> {
    let begin = Instant::now();
    let mut index = Index::open(&arguments.site)?;
    let filter = Filter {
        vendor: arguments.vendor.clone(),
        product: arguments.product.clone(),
        version: arguments.version.clone(),
        guide: arguments.guide.clone(),
    };
    let filter = filter.settled_for(&arguments.site)?;
    let opened = Instant::now();
    let answer = index.search(&Query {
        every_version: arguments.all_versions,
        limit: arguments.limit,
        semantic: arguments.semantic.into(),
        ..filter.query(arguments.query.join(" "))
    })?;
    if arguments.timings {
        show_timings(opened - begin, opened.elapsed(), &index.read);
    }
    let mut out = Vec::new();
    match arguments.json {
        true => print_json(&mut out, &answer)?,
        false => print_hits(&mut out, &answer, &Paint::of_stdout())?,
    }
    if let Some(text) = String::from_utf8_lossy(&out).strip_suffix('\n') {
        tell(text)?;
    }
    Ok(if answer.hits.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn show_timings(opening: Duration, answering: Duration, read: &Reads) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let (files, bytes) = read.0.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let parts = read.0.iter().map(|(part, (files, bytes))| format!("{part} {files}/{bytes}"));
    say(format_args!(
        "opened in {:.2} ms, answered in {:.2} ms, {files} files of {bytes} bytes ({})",
        milliseconds(opening),
        milliseconds(answering),
        parts.collect::<Vec<_>>().join(", ")
    ));
}

/// A hit as one line of JSON.
#[derive(Serialize)]
struct JsonHit<'a> {
    chunk_id: &'a str,
    score: u32,
    /// Whether no word of the query led to it, but its meaning did.
    related: bool,
    title: &'a str,
    /// Where it stands: names from its vendor to the heading above it.
    path: Vec<&'a str>,
    page: Option<u32>,
    label: Option<&'a str>,
    source: &'a str,
    url: &'a str,
    version: Option<&'a str>,
    /// How many other chunks say the same.
    others: usize,
    snippet: String,
}

fn print_json(out: &mut impl Write, answer: &Answer) -> Result<()> {
    // Lines of JSON are hits; what there is to know of them must not be lost on whoever looks.
    Told::of(answer).sentences().iter().for_each(say);
    for hit in &answer.hits {
        let place = &hit.record.place;
        let line = JsonHit {
            chunk_id: &place.id,
            score: hit.score,
            related: hit.is_related,
            title: hit.title(),
            path: path(hit),
            page: place.page,
            label: place.label.as_deref(),
            source: &place.source,
            url: &place.url,
            version: place.version.as_deref(),
            others: hit.record.others.len() + hit.record.near.len(),
            snippet: hit.snippet.iter().map(|piece| piece.text.as_str()).collect(),
        };
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
    }
    Ok(())
}

/// Vendor, product, version, guide and headings, as far as there are any and they say more than the title.
fn path(hit: &Hit) -> Vec<&str> {
    let Record { vendor, product, place, .. } = &hit.record;
    let guide = place.guide.as_deref().filter(|guide| *guide != hit.title());
    let levels = [vendor, product, &place.version].map(Option::as_deref);
    let headings =
        hit.headings().into_iter().filter(|heading| place.guide.as_deref() != Some(heading));
    levels.into_iter().chain([guide]).flatten().chain(headings).collect()
}

pub(crate) fn eval(arguments: &EvalArguments) -> Result<ExitCode> {
    let measures = eval::evaluate(
        &arguments.site,
        &arguments.queries,
        &arguments.qrels,
        Asked { scope: arguments.scope, semantic: arguments.semantic.into() },
    )?;
    if let Some(sentence) = measures.sentence_of_absent() {
        say(sentence);
    }
    if let Some(file) = &arguments.baseline {
        return show_comparison(
            &compare::compare(&compare::read(file)?, &measures),
            arguments.json,
        );
    }
    if arguments.json {
        tell(&serde_json::to_string(&measures)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = vec![
        format!("{:>10}  {}", "queries", measures.queries),
        format!("{:>10}  {:.4}", "ndcg@10", measures.ndcg),
        format!("{:>10}  {:.4}", "mrr@10", measures.mrr),
        format!("{:>10}  {:.4}", "recall@100", measures.recall),
        "The worst queries:".to_string(),
    ];
    for query in measures.worst.iter().take(WORST_SHOWN) {
        let first = query.first.as_deref().unwrap_or("nothing");
        lines.push(format!("  {:.3}  {}  (first: {first})", query.ndcg, query.text));
    }
    tell(&lines.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn show_comparison(compared: &Comparison, as_json: bool) -> Result<ExitCode> {
    match as_json {
        true => tell(&serde_json::to_string(compared)?)?,
        false => tell(compared.table(WORST_SHOWN).trim_end())?,
    }
    Ok(if compared.is_worse() { ExitCode::from(WORSE_CODE) } else { ExitCode::SUCCESS })
}

/// Writes to the standard output; whoever reads it may stop when enough was read.
fn tell(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        told => told.context("cannot write to the standard output"),
    }
}

pub(crate) fn index_stats(arguments: &IndexStatsArguments) -> Result<ExitCode> {
    let stats = stats::weigh(&arguments.site)?;
    match arguments.json {
        true => tell(&serde_json::to_string(&stats)?)?,
        false => tell(&stats.table())?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn export(arguments: &ExportArguments) -> Result<ExitCode> {
    match &arguments.task {
        Some(ExportTask::Headers(headers)) => {
            tell(export::settings(headers.host, &headers.at).trim_end_matches('\n'))?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(ExportTask::Check(check)) => return export_check(&check.site),
        None => {}
    }
    let site = arguments.site.as_deref().context("which site?")?;
    let destination = |file: &PathBuf| export::destination(site, file);
    let zip = arguments.zip.as_ref().map(destination).transpose()?;
    let zim = arguments.zim.as_ref().map(destination).transpose()?;
    let _held = output::hold(site)?;
    let missing = export::missing(site)?;
    if !missing.is_empty() {
        return show_missing(&missing);
    }
    if let Some(file) = &zip {
        let files = export::zip(site, file)?;
        tell(&format!("{files} files in {}", file.display()))?;
    }
    if let Some(file) = &zim {
        export::zim(site, file)?;
        tell(&file.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_missing(paths: &[String]) -> Result<ExitCode> {
    paths.iter().try_for_each(|path| tell(&format!("missing {path}")))?;
    say(format_args!(
        "nothing was written: the site lacks {} of its files; build it anew",
        paths.len()
    ));
    Ok(ExitCode::from(FOUND_CODE))
}

fn export_check(site: &Path) -> Result<ExitCode> {
    let report = export::check(site)?;
    for (path, finding) in &report.findings {
        tell(&format!("{finding} {path}"))?;
    }
    say(format_args!("{} files read, {} findings", report.files, report.findings.len()));
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND_CODE) })
}

pub(crate) fn publish(arguments: &PublishArguments) -> Result<ExitCode> {
    let options = publish::Options {
        site: &arguments.site,
        target: &arguments.target,
        removal: if arguments.delete { Removal::Delete } else { Removal::Keep },
        jobs: usize::from(arguments.jobs),
    };
    let _held = output::hold(&arguments.site)?;
    let missing = export::missing(&arguments.site)?;
    if !missing.is_empty() {
        return show_missing(&missing);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = match arguments.dry_run {
        true => runtime.block_on(publish::preview(&options))?,
        false => runtime.block_on(publish::publish(&options))?,
    };
    if arguments.dry_run {
        report.uploaded.iter().try_for_each(|path| tell(&format!("+ {path}")))?;
        let mut removed = report.superfluous.iter().filter(|_| arguments.delete);
        removed.try_for_each(|path| tell(&format!("- {path}")))?;
    }
    show_upload(&report, arguments);
    Ok(ExitCode::SUCCESS)
}

fn show_upload(report: &publish::Report, arguments: &PublishArguments) {
    let would = if arguments.dry_run { "would be " } else { "" };
    let superfluous = match (report.superfluous.len(), arguments.delete) {
        (0, _) => String::new(),
        (count, true) => format!(", {count} {would}removed"),
        (count, false) => format!(", {count} that the site does not have (--delete removes them)"),
    };
    say(format_args!(
        "{} files ({} bytes) {would}uploaded, {} the same{superfluous}",
        report.uploaded.len(),
        report.bytes,
        report.same
    ));
}

/// Escape sequences, or nothing where the output is not a terminal.
#[derive(Default)]
struct Paint {
    bold: &'static str,
    faint: &'static str,
    plain: &'static str,
}

impl Paint {
    fn of_stdout() -> Paint {
        let wanted = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        match wanted {
            true => Paint { bold: "\x1b[1m", faint: "\x1b[2m", plain: "\x1b[0m" },
            false => Paint::default(),
        }
    }
}

fn print_hits(out: &mut impl Write, answer: &Answer, paint: &Paint) -> Result<()> {
    let told = Told::of(answer);
    for sentence in told.sentences() {
        writeln!(out, "{sentence}")?;
    }
    for (rank, hit) in answer.hits.iter().enumerate() {
        print_hit(out, rank + 1, hit, paint)?;
    }
    let at_least = if told.is_least() { "at least " } else { "" };
    let related = match answer.related {
        0 => String::new(),
        related => format!(" and {related} more related by meaning"),
    };
    writeln!(out, "{} of {at_least}{} passages{related}", answer.hits.len(), answer.total)?;
    Ok(())
}

fn print_hit(out: &mut impl Write, rank: usize, hit: &Hit, paint: &Paint) -> Result<()> {
    let place = &hit.record.place;
    let title = visible(hit.title());
    let Paint { bold, faint, plain } = paint;
    let page = place.page.map_or(String::new(), |page| format!(" · Page {page}"));
    let label = place.label.as_ref().map_or(String::new(), |label| format!(" (printed {label})"));
    let related = if hit.is_related { " · related by meaning" } else { "" };
    writeln!(out, "{rank:>2}. {bold}{title}{plain}{page}{label}{faint}{related}{plain}")?;
    // Names and ids are those of files and records: what is no letter must not reach the terminal.
    writeln!(out, "    {faint}{}{plain}", visible(&path(hit).join(" › ")))?;
    writeln!(out, "    {faint}{} · {}{plain}", visible(&place.id), visible(&place.url))?;
    let versions: Vec<&str> =
        hit.record.others.iter().filter_map(|other| other.version.as_deref()).collect();
    if !versions.is_empty() {
        writeln!(out, "    {faint}also in {}{plain}", versions.join(", "))?;
    }
    let snippet = hit.snippet.iter().map(|piece| match piece.marked {
        true => format!("{bold}{}{plain}", piece.text),
        false => piece.text.clone(),
    });
    writeln!(out, "    {}\n", snippet.collect::<String>())?;
    Ok(())
}

/// The vectors of texts, for whoever compares models and programs.
pub(crate) fn encode(arguments: &EncodeArguments) -> Result<ExitCode> {
    let model = Model::open(&arguments.model)?;
    let read = |line: io::Result<String>| -> Result<String> {
        let line = line.context("cannot read standard input")?;
        Ok(if arguments.json { serde_json::from_str(&line)? } else { line })
    };
    let texts: Vec<String> = io::stdin().lines().map(read).collect::<Result<_>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let begin = Instant::now();
    let vectors = model.encode(&texts);
    say(format_args!("{} texts in {:.3} s", texts.len(), begin.elapsed().as_secs_f64()));
    let mut out = BufWriter::new(io::stdout().lock());
    for vector in vectors {
        serde_json::to_writer(&mut out, &vector)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
