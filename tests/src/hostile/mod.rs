//! A library that means harm: made by rule, so that none of it need be kept, and the same each time.
//!
//! In: a folder, how large the large files shall be. Out: files in it. Knows nothing of what a site makes of them.

mod bytes;
mod names;
pub mod sizes;

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
};

/// Where all of it lies, so that it has a vendor, a product and a version.
const SHELF: &str = "acme/anvil/v1";
const PROSE: &str = "# Anvil\n\nDrop it from above. See [the guide](guide.md).\n";

/// Writes the whole of it. The texts that are about size get about `size_bytes`.
pub fn write(library: &Path, size_bytes: usize) {
    let put = |name: &[u8], text: &[u8]| {
        let file = library.join(OsStr::from_bytes(name));
        let folder = file.parent().expect("a file lies in a folder");
        // Two names may be one on a disk that knows no case, or too long for another: then there is one file fewer.
        if fs::create_dir_all(folder).is_ok() {
            let _ = fs::write(file, text);
        }
    };
    for (name, text) in bytes::files() {
        put(format!("{SHELF}/bytes/{name}").as_bytes(), &text);
    }
    for (name, make) in sizes::KINDS {
        put(format!("{SHELF}/sizes/{name}.md").as_bytes(), make(size_bytes).as_bytes());
    }
    for name in names::names() {
        put(&[SHELF.as_bytes(), b"/names/", &name].concat(), PROSE.as_bytes());
    }
    for name in names::AT_THE_ROOT {
        put(name.as_bytes(), PROSE.as_bytes());
    }
    put(format!("{SHELF}/names/links.md").as_bytes(), names::links().as_bytes());
    links(&library.join(SHELF).join("symbolic"));
}

/// Symbolic links out of the library, to nothing, to themselves, to the folder that they lie in, and one that is sound.
fn links(folder: &Path) {
    fs::create_dir_all(folder.join("inner")).expect("folders can be made");
    fs::write(folder.join("inner/sound.md"), PROSE).expect("a file can be written");
    let targets = [
        ("out.md", "/etc/hostname"),
        ("out", "/etc"),
        ("up.md", "../../../../../outside.md"),
        ("nothing.md", "gone.md"),
        ("itself.md", "itself.md"),
        ("ring-a.md", "ring-b.md"),
        ("ring-b.md", "ring-a.md"),
        ("inner/loop", ".."),
        ("inner/here", "."),
        ("again", "inner"),
        ("again.md", "inner/sound.md"),
        ("device.md", "/dev/zero"),
    ];
    for (name, target) in targets {
        let _ = symlink(target, folder.join(name));
    }
}
