//! Folders that go, whatever their permissions say: who may remove a site need not make it writable first.
//!
//! In: a folder of ours. Out: it is not there. Knows nothing of what it held.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::{Context, Result};

/// What the owner of a folder needs to empty it.
const OWNER_ALL: u32 = 0o700;

/// Makes sure that a folder is not there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    let removed = match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            // What cannot be opened up is told by what cannot be removed.
            let _ = open_up(folder);
            fs::remove_dir_all(folder)
        }
        removed => removed,
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Lets the owner change this folder and all below.
fn open_up(folder: &Path) -> io::Result<()> {
    let mut permissions = fs::symlink_metadata(folder)?.permissions();
    permissions.set_mode(permissions.mode() | OWNER_ALL);
    fs::set_permissions(folder, permissions)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(folder: &Path) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o500)).unwrap();
    }

    /// A folder with one below it, neither of them writable.
    fn closed(parent: &Path) -> std::path::PathBuf {
        let folder = parent.join("site");
        let below = folder.join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("page.html"), "").unwrap();
        std::os::unix::fs::symlink(parent, folder.join("out")).unwrap();
        for folder in [&below, &folder.join("a"), &folder] {
            close(folder);
        }
        folder
    }

    #[test]
    fn what_is_read_only_goes_too() {
        let parent = tempfile::tempdir().unwrap();
        let folder = closed(parent.path());
        remove(&folder).unwrap();
        assert!(!folder.exists());
        remove(&folder).unwrap();
    }

    /// For the superuser, who may remove anything.
    #[test]
    fn all_folders_are_opened_up_and_none_outside() {
        let parent = tempfile::tempdir().unwrap();
        let folder = closed(parent.path());
        let outside = fs::metadata(parent.path()).unwrap().permissions();
        open_up(&folder).unwrap();
        for path in ["", "a", "a/b"] {
            let mode = fs::metadata(folder.join(path)).unwrap().permissions().mode();
            assert_eq!(mode & OWNER_ALL, OWNER_ALL, "{path}");
        }
        assert_eq!(fs::metadata(parent.path()).unwrap().permissions(), outside);
    }
}
