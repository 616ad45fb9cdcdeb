//! The reader's sort: a shell sort, for lists that are short or nearly in order. The library's would weigh more than it saves.
//!
//! In: items and what stands before what. Out: the items in order; equal ones in any.

/// Sorts by `is_before`.
pub(crate) fn by<T: Copy>(items: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    let mut gap = items.len() / 2;
    while gap > 0 {
        for end in gap..items.len() {
            let item = items[end];
            let mut at = end;
            while at >= gap && is_before(&item, &items[at - gap]) {
                items[at] = items[at - gap];
                at -= gap;
            }
            items[at] = item;
        }
        gap = if gap == 2 { 1 } else { gap * 5 / 11 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn items_are_in_order() {
        for count in [0, 1, 2, 3, 100, 1000] {
            let mut items: Vec<u32> = (0..count).map(|idx| idx * 7919 % 613).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            by(&mut items, |left, right| left < right);
            assert_eq!(items, expected);
        }
    }
}
