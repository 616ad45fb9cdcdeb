//! The command line: what can be asked of the program, and the help that teaches it.
//!
//! In: arguments. Out: typed commands. Knows no work.

use std::{
    ffi::OsString,
    net::{SocketAddr, ToSocketAddrs},
    num::NonZeroUsize,
    path::PathBuf,
};

use clap::{
    Arg, ArgGroup, Args, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::UnknownArgumentValueParser,
};

use crate::{
    config::site_address,
    export::Host,
    mcp::{Settings, TOKENS_MAX},
    serve::guard,
};

/// Turns a folder of vendor guides into a static site that searches itself.
#[derive(Parser, Debug)]
#[command(name = "mcdewey", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Of the program's arguments; ends the program where they are wrong.
    pub(crate) fn read() -> Arguments {
        let mut given = std::env::args_os();
        let head: Vec<OsString> = given.by_ref().take(2).collect();
        match head.get(1).is_some_and(|command| command == "search") {
            true => Arguments::parse_from(head.into_iter().chain(words_last(given))),
            false => Arguments::parse_from(head.into_iter().chain(given)),
        }
    }
}

/// A word of a query may begin with a hyphen, before and behind options: all that is no option comes behind `--`.
fn words_last(mut given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let command = Arguments::command();
    let search = command.find_subcommand("search");
    let takes_value = |name: &str| {
        let mut options = search.iter().flat_map(|search| search.get_arguments());
        options.any(|option| option.get_long() == Some(name) && option.get_action().takes_values())
    };
    let (mut options, mut words) = (Vec::new(), Vec::new());
    while let Some(argument) = given.next() {
        let text = argument.to_string_lossy();
        match text.strip_prefix("--") {
            Some("") => words.extend(given.by_ref()),
            Some(name) if takes_value(name) => {
                options.extend([argument.clone()].into_iter().chain(given.next()));
            }
            Some(_) => options.push(argument),
            None if text == "-h" => options.push(argument),
            None => words.push(argument),
        }
    }
    options.push("--".into());
    options.extend(words);
    options
}

const EXAMPLES: &str = "\
Examples:
  mcdewey build guides -o site              build the site of the library in guides/
  mcdewey serve guides                      build it and look at it on http://127.0.0.1:8080
  mcdewey search site send DTMF string      ask the site from the terminal
  mcdewey mcp site                          let an agent ask it, over standard input and output
  mcdewey export site --zip site.zip        the site as one file; --zim for Kiwix
  mcdewey publish site s3://bucket/docs     upload what has changed

A library is a folder of Markdown (.md, .markdown, .mdx, .txt) or JSON Lines (.jsonl) files,
laid out as VENDOR/PRODUCT/VERSION/GUIDE/... or PRODUCT/VERSION/GUIDE/...; a file mcdewey.toml
at its root may give it a title, names and aliases.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Build the site of a library.
    Build(BuildArguments),
    /// Serve a site, or build a library first and serve it; with an MCP endpoint at /mcp.
    Serve(ServeArguments),
    /// Let an agent search and read a site: the Model Context Protocol over standard input and output.
    Mcp(McpArguments),
    /// Search a built site from the terminal, with the engine that the browser uses.
    Search(SearchArguments),
    /// Measure the relevance of a site's search against judged queries.
    Eval(EvalArguments),
    /// Tell what the bytes of a site's search index are spent on.
    IndexStats(IndexStatsArguments),
    /// Print the vector of each line of standard input, as a model makes it.
    #[command(hide = true)]
    Encode(EncodeArguments),
    /// Take a site elsewhere: as one file, or with what its host must be told; check what came of it.
    Export(ExportArguments),
    /// Upload what has changed of a site to a bucket.
    Publish(PublishArguments),
}

#[derive(Args, Debug)]
pub(crate) struct BuildArguments {
    /// The folder of guides.
    pub(crate) library: PathBuf,
    /// Where the site is written; it changes once all that is new is complete.
    #[arg(short, long, value_name = "SITE", default_value = "site")]
    pub(crate) output: PathBuf,
    /// Where the site will stand, e.g. https://docs.example.com/; for canonical links and sitemap.xml.
    #[arg(long, value_name = "URL", value_parser = site_address)]
    pub(crate) base_url: Option<String>,
    /// End with exit code 3 if there was any warning. The site is written all the same.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Leave code blocks without colours, whatever mcdewey.toml says.
    #[arg(long)]
    pub(crate) no_highlight: bool,
    /// Build everything anew, whatever a former build has left.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Tell anew from the library which words belong together, and number its passages anew, though what is recorded still fits.
    #[arg(long)]
    pub(crate) refit: bool,
    /// Let a sentence encoder say what passages mean: a folder with config.json, tokenizer.json and model.safetensors. Nothing
    /// of it is needed to search.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,
    /// Let the model look at so many passages only; for the others, their words say what they mean.
    #[arg(long, value_name = "N")]
    pub(crate) semantic_sample: Option<NonZeroUsize>,
    /// Write what changed in the site since the last such list to this file, or to standard output if it is -: one path a
    /// line, + added, * changed, - removed.
    #[arg(long, value_name = "FILE")]
    pub(crate) changes: Option<PathBuf>,
    /// How much memory the index may take before it goes to a scratch file beside the site, e.g. 200M or 2G. The site is the
    /// same whatever it is.
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = size_bytes)]
    pub(crate) memory: usize,
    /// How many threads to use; all cores by default.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Write every warning to this file, or to standard output if it is -, one a line; the screen shows 20 of a kind.
    #[arg(long, value_name = "FILE")]
    pub(crate) warnings: Option<PathBuf>,
}

const SERVE_HELP: &str = "\
What it answers:
  /            the site
  /mcp         the Model Context Protocol; clients take http://127.0.0.1:8080/mcp
  /search?q=   results as a page, without JavaScript
  /healthz     ok

By default only this machine can reach it. With --addr 0.0.0.0:8080 others can, by address or by the machine's name; name \
every other host with --allow-host. Foreign Host and Origin headers are answered with 403, so that no web page elsewhere can \
read the library through a browser here. A site that is built anew is answered from at once.

MCDEWEY_LOG sets what is logged to standard error, e.g. MCDEWEY_LOG=mcdewey=debug";

/// What other programs call the half of --addr that people look for.
fn port() -> Arg {
    let addr = UnknownArgumentValueParser::suggest_arg("--addr");
    let addr = addr.and_suggest("the port stands behind the address, e.g. --addr 127.0.0.1:8202");
    Arg::new("port").long("port").hide(true).value_parser(addr)
}

/// Where a server listens: the first of these that it can.
#[derive(Debug, Clone)]
pub(crate) struct Listen(pub(crate) Vec<SocketAddr>);

/// An address with a port, or a name with one.
fn listen(text: &str) -> Result<Listen, String> {
    if !text.contains(':') {
        let (host, port) = if text.parse::<u16>().is_ok() { (LOCAL, text) } else { (text, "8080") };
        return Err(format!("an address and a port are needed, e.g. {host}:{port}"));
    }
    let found =
        text.to_socket_addrs().map_err(|error| format!("{error}; expected e.g. {LOCAL}:8080"))?;
    let mut addresses: Vec<SocketAddr> = found.collect();
    // Whoever opens the address by number mostly takes the old kind.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    Ok(Listen(addresses))
}

/// This machine, and no other.
const LOCAL: &str = "127.0.0.1";

#[derive(Args, Debug)]
#[command(after_help = SERVE_HELP, arg = port())]
pub(crate) struct ServeArguments {
    /// A library, which is built first, or a site that was built before.
    #[arg(value_name = "LIBRARY|SITE")]
    pub(crate) folder: PathBuf,
    /// Address or name, and port to listen on. Other machines can reach 0.0.0.0:8080; the default they cannot.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = listen)]
    pub(crate) addr: Listen,
    /// Where the site of a library is written; by default a folder for temporary files.
    #[arg(short, long, value_name = "SITE")]
    pub(crate) output: Option<PathBuf>,
    /// A name under which the server answers besides localhost, e.g. docs.example.com; may be given several times.
    #[arg(long, value_name = "NAME", value_parser = guard::host)]
    pub(crate) allow_host: Vec<String>,
    /// A site whose scripts may ask /mcp, e.g. https://app.example.com; may be given several times.
    #[arg(long, value_name = "ORIGIN", value_parser = guard::origin)]
    pub(crate) allow_origin: Vec<String>,
    #[command(flatten)]
    pub(crate) agent: AgentArguments,
}

/// What an agent is given, over HTTP as over standard input and output.
#[derive(Args, Debug)]
pub(crate) struct AgentArguments {
    /// What the tools' names begin with, e.g. docs_ for docs_search; for clients of several servers.
    #[arg(long, value_name = "PREFIX", default_value = "", value_parser = tool_prefix)]
    pub(crate) tool_prefix: String,
    /// How many tokens, estimated, an answer may hold; longer ones come in parts.
    #[arg(long, value_name = "N", default_value_t = TOKENS_MAX, value_parser = answer_tokens)]
    pub(crate) max_tokens: usize,
}

impl AgentArguments {
    pub(crate) fn settings(&self, base_url: Option<&str>) -> Settings {
        Settings {
            prefix: self.tool_prefix.clone(),
            tokens_max: self.max_tokens,
            base_url: base_url.map(str::to_string),
        }
    }
}

/// Names of tools are of letters, digits, underscores, hyphens and dots, at most 64; the longest of ours has 16.
fn tool_prefix(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    match text.len() <= 40 && text.bytes().all(is_plain) {
        true => Ok(text.to_string()),
        false => Err("at most 40 of A-Z, a-z, 0-9, '_', '-' and '.'".to_string()),
    }
}

/// Less has no room for a single citation.
fn answer_tokens(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (500..=1_000_000).contains(number));
    number.ok_or_else(|| "a number from 500 to 1000000".to_string())
}

const MCP_HELP: &str = "\
The site alone is enough: the library that it was built from need not be there. Nothing but the protocol is written to \
standard output; what there is to say goes to standard error.

Paste into your client's configuration (with the full path of the site):

  Claude Code      claude mcp add library -- mcdewey mcp /path/to/site
  Claude Desktop, Cursor, Windsurf, and most others (claude_desktop_config.json, .cursor/mcp.json, ...):
                   {\"mcpServers\": {\"library\": {\"command\": \"mcdewey\", \"args\": [\"mcp\", \"/path/to/site\"]}}}
  VS Code          .vscode/mcp.json:
                   {\"servers\": {\"library\": {\"type\": \"stdio\", \"command\": \"mcdewey\", \"args\": [\"mcp\", \"/path/to/site\"]}}}
  Codex            ~/.codex/config.toml:
                   [mcp_servers.library]
                   command = \"mcdewey\"
                   args = [\"mcp\", \"/path/to/site\"]

A client that speaks HTTP can use a running server instead: mcdewey serve /path/to/site, then http://127.0.0.1:8080/mcp

MCDEWEY_LOG sets what is logged, e.g. MCDEWEY_LOG=mcdewey=debug tells every call.";

#[derive(Args, Debug)]
#[command(after_help = MCP_HELP)]
pub(crate) struct McpArguments {
    /// A site built by `mcdewey build`.
    pub(crate) site: PathBuf,
    /// Where the site stands, for absolute addresses in citations, if it was built without a base_url.
    #[arg(long, value_name = "URL", value_parser = site_address)]
    pub(crate) base_url: Option<String>,
    #[command(flatten)]
    pub(crate) agent: AgentArguments,
}

const SEARCH_HELP: &str = "\
In the query, which is best put between single quotes:
  \"words in a row\"            exactly these, whatever stands between them and in any case
  -word  -\"words in a row\"    nothing with these (small letters, behind other words)
  product:finesse             only there; so do vendor:, version: and guide:\"developer guide\".
                              The beginning of a name will do; version:all searches every version
  title:install               in the title; or title:\"words in a row\"
  page:107                    on this page, by its number or its printed label
  finesse::v12.5::guide::91   a chunk_id, a source's path or a page's address comes first
All else is words: std::vector, C:\\temp, --no-verify. Without quotes, words that begin with -- come last, behind a -- of their own.

Examples:
  mcdewey search site 'send DTMF string'
  mcdewey search site '\"dialog state\" version:12.5 -desktop'

Exit codes: 0 with hits; 1 without any, and where the search failed, which standard error tells.";

#[derive(Args, Debug)]
#[command(after_help = SEARCH_HELP)]
pub(crate) struct SearchArguments {
    /// A site built by `mcdewey build`.
    pub(crate) site: PathBuf,
    /// What to look for. The last word counts as the beginning of a word too.
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
    /// Only this vendor: its folder's name, its display name or an alias.
    #[arg(long)]
    pub(crate) vendor: Option<String>,
    /// Only this product.
    #[arg(long)]
    pub(crate) product: Option<String>,
    /// Only this version, e.g. v12.5. Without it, only the newest version of each product is searched.
    #[arg(long)]
    pub(crate) version: Option<String>,
    /// Only this guide.
    #[arg(long)]
    pub(crate) guide: Option<String>,
    /// Search older versions as well.
    #[arg(long)]
    pub(crate) all_versions: bool,
    /// auto: passages near in meaning are found too, unless the query is quoted or one word. off: only words count. only: only
    /// meaning does.
    #[arg(long, value_enum, default_value_t = Semantic::Auto)]
    pub(crate) semantic: Semantic,
    /// How many hits to show.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// Tell how long it took to open the index and to answer, and how many files and bytes of each part were read.
    #[arg(long)]
    pub(crate) timings: bool,
    /// Print JSON Lines: chunk_id, score, title, page, label, source, url, version, others, snippet.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What part meaning has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Semantic {
    Auto,
    Off,
    Only,
}

impl From<Semantic> for search::Semantic {
    fn from(semantic: Semantic) -> search::Semantic {
        match semantic {
            Semantic::Auto => search::Semantic::Auto,
            Semantic::Off => search::Semantic::Off,
            Semantic::Only => search::Semantic::Only,
        }
    }
}

/// What counts as one document when relevance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    All,
    Newest,
}

const EVAL_HELP: &str = "\
Exit codes: 0 when it was measured; with --baseline 4 if the mean of nDCG@10 is lower than it was.";

#[derive(Args, Debug)]
#[command(after_help = EVAL_HELP)]
pub(crate) struct EvalArguments {
    /// A site built by `mcdewey build`.
    pub(crate) site: PathBuf,
    /// JSON Lines of queries: _id, text.
    #[arg(long, value_name = "FILE")]
    pub(crate) queries: PathBuf,
    /// Tab-separated judgements: query, document (a record's _id or a source's path), grade.
    #[arg(long, value_name = "FILE")]
    pub(crate) qrels: PathBuf,
    /// all: every version stands for itself. newest: a hit counts for the same document in every version.
    #[arg(long, value_enum, default_value_t = Scope::All)]
    pub(crate) scope: Scope,
    /// What part meaning has in the answers, as for `search`.
    #[arg(long, value_enum, default_value_t = Semantic::Auto)]
    pub(crate) semantic: Semantic,
    /// Print one JSON object, every query in it, the worst first.
    #[arg(long)]
    pub(crate) json: bool,
    /// Compare with what --json printed once: the means side by side, and which queries got worse and better.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct IndexStatsArguments {
    /// A site built by `mcdewey build`.
    pub(crate) site: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct EncodeArguments {
    /// The model's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Each line is a JSON string, so that a text may have several lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "A site that lacks files of its own is not packed: they are named, and the exit code is 3.",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    group = ArgGroup::new("archive").args(["zip", "zim"]).multiple(true).required(true)
)]
pub(crate) struct ExportArguments {
    #[command(subcommand)]
    pub(crate) task: Option<ExportTask>,
    /// A site built by `mcdewey build`.
    #[arg(required = true)]
    pub(crate) site: Option<PathBuf>,
    /// Write the site as a ZIP archive: the same bytes whenever the site is the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) zip: Option<PathBuf>,
    /// Write the site as a ZIM file for Kiwix; needs zimwriterfs, which comes with the zim-tools.
    #[arg(long, value_name = "FILE")]
    pub(crate) zim: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum ExportTask {
    /// Print the cache and security headers of a site for a kind of host.
    Headers(HeadersArguments),
    /// Read every file of a site, or of a copy of one, and name what is missing, damaged or foreign.
    Check(CheckArguments),
}

#[derive(Args, Debug)]
pub(crate) struct HeadersArguments {
    /// What serves the site.
    #[arg(long = "for", value_enum, value_name = "HOST")]
    pub(crate) host: Host,
    /// The path below which the site stands.
    #[arg(long, value_name = "PATH", default_value = "/", value_parser = url_path)]
    pub(crate) at: String,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Ends with exit code 3 if anything was found. A site on a host is checked by a copy of it, e.g. of wget --mirror. What a page was \
    is told from the bundles for offline reading; where offline = false, from a list of all pages that lies in their place."
)]
pub(crate) struct CheckArguments {
    /// A site, or a copy of one.
    pub(crate) site: PathBuf,
}

const PUBLISH_HELP: &str = "\
Only what differs is uploaded: first what is named by its content, then the pages, the root of the search index last; so at \
every moment the bucket holds a site that works, and a run that was interrupted is finished by the next. What the site has no \
more is removed at the very end, and only with --delete. A site that lacks files of its own, as a copy that was interrupted does, \
is not uploaded: they are named, and the exit code is 3.

The environment says where the bucket is and who may write to it:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN     or a role of the machine
  AWS_REGION
  AWS_ENDPOINT_URL    another service than Amazon's, e.g. http://127.0.0.1:9000";

#[derive(Args, Debug)]
#[command(after_help = PUBLISH_HELP)]
pub(crate) struct PublishArguments {
    /// A site built by `mcdewey build`.
    pub(crate) site: PathBuf,
    /// The bucket and the prefix in it, e.g. s3://bucket/docs.
    #[arg(value_name = "s3://BUCKET/PREFIX")]
    pub(crate) target: String,
    /// Remove what the site does not have, at the end.
    #[arg(long)]
    pub(crate) delete: bool,
    /// Only say what would be done: one path a line, + uploaded, - removed.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How many files are uploaded at once.
    #[arg(short, long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: u16,
}

/// A path of plain parts, with a slash at both ends.
fn url_path(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.~".contains(&byte);
    let inner = text.trim_matches('/');
    match (inner.bytes().all(is_plain), inner.is_empty()) {
        (false, _) => Err("a path of letters, digits, '-', '.', '_', '~', e.g. /docs/".to_string()),
        (true, true) => Ok("/".to_string()),
        (true, false) => Ok(format!("/{inner}/")),
    }
}

/// A number of bytes, with K, M or G behind it or without.
fn size_bytes(text: &str) -> Result<usize, String> {
    let (digits, shift) = match text.as_bytes().last().map(u8::to_ascii_uppercase) {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: Option<usize> = digits.parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| "expected a number of bytes, with K, M or G behind it, e.g. 512M".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("64k", Some(65_536)),
            ("512M", Some(512 << 20)),
            ("2G", Some(2 << 30)),
        ] {
            assert_eq!(size_bytes(text).ok(), bytes, "{text}");
        }
        for text in ["", "M", "-1", "1.5G", "12 M", "99999999999G", "é"] {
            assert!(size_bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_of_a_query_may_begin_with_a_hyphen() {
        let check = |given: &str, words: &str, limit: u32| {
            let given = given.split(' ').map(OsString::from);
            let all =
                ["mcdewey", "search"].map(OsString::from).into_iter().chain(words_last(given));
            let Command::Search(search) = Arguments::try_parse_from(all).unwrap().command else {
                panic!("another command");
            };
            assert_eq!((search.query.join(" ").as_str(), search.limit), (words, limit));
        };
        check("site trunk -desktop", "trunk -desktop", 10);
        check("site -foo --limit 3 bar", "-foo bar", 3);
        check("--limit=3 site a -b", "a -b", 3);
        check("site a -- --limit -h", "a --limit -h", 10);
        let unknown = words_last(["site", "a", "--limti", "3"].map(OsString::from).into_iter());
        let all = ["mcdewey", "search"].map(OsString::from).into_iter().chain(unknown);
        assert!(Arguments::try_parse_from(all).unwrap_err().to_string().contains("--limit"));
    }

    #[test]
    fn addresses_have_a_port() {
        let check = |text: &str, expected: &str| {
            let found = match listen(text) {
                Ok(Listen(addresses)) => addresses[0].to_string(),
                Err(error) => error,
            };
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("127.0.0.1:8202", "127.0.0.1:8202");
        check("[::1]:80", "[::1]:80");
        check("localhost:8203", "127.0.0.1:8203");
        check("8202", "e.g. 127.0.0.1:8202");
        check("localhost", "e.g. localhost:8080");
        check("localhost:x", "expected e.g. 127.0.0.1:8080");
    }
}
