//! The version of the bytes, and their description.
#![doc = include_str!("../FORMAT.md")]

/// The version of every byte that the writer writes; a reader opens no other. Told in FORMAT.md.
pub const FORMAT_VERSION: u16 = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn the_description_is_of_this_version() {
        let description = include_str!("../FORMAT.md");
        assert!(description.contains(&format!("**Format version {FORMAT_VERSION}.**")));
    }
}
