//! The types of files by the ends of their names, for every place that tells one: the server, buckets, the settings of hosts.
//!
//! In: a path. Out: its media type, and whether it is packed already. Third-party text never has a type that browsers run: what is a script,
//! a style or a document in the library is not copied (`files.rs`), and what is read as text is plain text. Knows no host.

/// What is text beside that: shown as it is, whatever program it is for.
const PLAIN: &str = "text/plain; charset=utf-8";
/// What nobody knows: browsers offer to save it.
const UNKNOWN: &str = "application/octet-stream";

/// A type and what names end in that have it.
pub(crate) struct Kind {
    pub(crate) media_type: &'static str,
    pub(crate) endings: &'static [&'static str],
    /// Whether its bytes are packed already: to compress them again is work for nothing, and readers may ask for parts of them.
    is_packed: bool,
}

/// What hosts are told of too.
pub(crate) const KINDS: [Kind; 38] = [
    loose("text/html; charset=utf-8", &["html"]),
    loose("text/css; charset=utf-8", &["css"]),
    // Scripts of ours are ASCII, or carry bytes that no character set may touch.
    loose("text/javascript", &["js"]),
    loose("application/json", &["json"]),
    loose("application/manifest+json", &["webmanifest"]),
    loose("application/xml", &["xml"]),
    loose(PLAIN, &["txt", "log", "csv", "conf", "toml", "yaml", "yml"]),
    loose("image/svg+xml", &["svg"]),
    loose("image/bmp", &["bmp"]),
    loose("image/x-icon", &["ico"]),
    packed("image/png", &["png"]),
    packed("image/jpeg", &["jpg", "jpeg"]),
    packed("image/gif", &["gif"]),
    packed("image/webp", &["webp"]),
    packed("image/avif", &["avif"]),
    packed("video/mp4", &["mp4"]),
    packed("video/webm", &["webm"]),
    packed("audio/mpeg", &["mp3"]),
    packed("application/pdf", &["pdf"]),
    packed("application/epub+zip", &["epub"]),
    packed("application/zip", &["zip"]),
    packed("application/gzip", &["gz", "tgz"]),
    packed("application/x-bzip2", &["bz2"]),
    packed("application/x-xz", &["xz"]),
    packed("application/x-7z-compressed", &["7z"]),
    loose("application/x-tar", &["tar"]),
    loose("application/msword", &["doc"]),
    loose("application/vnd.ms-excel", &["xls"]),
    loose("application/vnd.ms-powerpoint", &["ppt"]),
    loose("application/rtf", &["rtf"]),
    packed("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    packed("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    packed("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
    packed("application/vnd.oasis.opendocument.text", &["odt"]),
    packed("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
    packed("application/vnd.oasis.opendocument.presentation", &["odp"]),
    packed("font/woff2", &["woff2"]),
    loose("application/wasm", &["wasm"]),
];

const fn loose(media_type: &'static str, endings: &'static [&'static str]) -> Kind {
    Kind { media_type, endings, is_packed: false }
}

const fn packed(media_type: &'static str, endings: &'static [&'static str]) -> Kind {
    Kind { media_type, endings, is_packed: true }
}

/// The type of a file by its name.
pub(crate) fn media_type(path: &str) -> &'static str {
    kind(path).map_or(UNKNOWN, |kind| kind.media_type)
}

/// Whether a file is sent as it is, whoever asks for it.
pub(crate) fn is_packed(path: &str) -> bool {
    kind(path).is_some_and(|kind| kind.is_packed)
}

/// What names of plain text end in.
pub(crate) fn texts() -> &'static [&'static str] {
    KINDS.iter().find(|kind| kind.media_type == PLAIN).map_or(&[], |kind| kind.endings)
}

fn kind(path: &str) -> Option<&'static Kind> {
    let (_, ending) = path.rsplit_once('.')?;
    KINDS.iter().find(|kind| kind.endings.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    #[test]
    fn every_attachment_has_a_type_that_browsers_do_not_run() {
        for ending in files::KINDS {
            let media_type = media_type(&format!("files/1.{ending}"));
            assert_ne!(media_type, UNKNOWN, "{ending}");
            let runs = ["html", "javascript", "xml;", "wasm", "css"];
            assert!(!runs.iter().any(|part| media_type.contains(part)), "{ending}: {media_type}");
            assert!(!media_type.ends_with("/xml"), "{ending}");
        }
    }

    #[test]
    fn an_ending_has_one_type() {
        let mut endings: Vec<&str> = KINDS.iter().flat_map(|kind| kind.endings).copied().collect();
        let count = endings.len();
        endings.sort_unstable();
        endings.dedup();
        assert_eq!(endings.len(), count);
        assert_eq!(media_type("files/1.docx.unknown"), UNKNOWN);
        assert_eq!(media_type("CNAME"), UNKNOWN);
    }
}
