//! Git's delta between two versions of a folder: keep the front, replace the middle, keep the back.
//!
//! A folder of a thousand names changes by twenty bytes a release. Looking for the best delta is `git repack`'s
//! work; this one takes a single pass and is nearly always the best for a folder.

/// The instructions that make `new` from `old`; `None` when they would not be much smaller than `new` itself.
pub(crate) fn between(old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let shorter = old.len().min(new.len());
    let back =
        old.iter().rev().zip(new.iter().rev()).take(shorter - front).take_while(|(a, b)| a == b).count();
    let middle = &new[front..new.len() - back];
    if middle.len() > new.len() / 2 {
        return None;
    }
    let mut delta = Vec::with_capacity(middle.len() + 64);
    size(&mut delta, old.len());
    size(&mut delta, new.len());
    copy(&mut delta, 0, front);
    for chunk in middle.chunks(127) {
        // A length of 1 to 127 with the high bit clear inserts what follows.
        delta.push(u8::try_from(chunk.len()).expect("a chunk has at most 127 bytes"));
        delta.extend_from_slice(chunk);
    }
    copy(&mut delta, old.len() - back, back);
    Some(delta)
}

/// Seven bits a byte, lowest first.
fn size(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Copies a range of the old version: the high bit, then a bit for each byte of offset and length that follows.
fn copy(out: &mut Vec<u8>, mut offset: usize, mut length: usize) {
    while length > 0 {
        let now = length.min(0xff_ffff);
        let at = out.len();
        out.push(0x80);
        for (bits, value, bytes) in [(0, offset, 4), (4, now, 3)] {
            for byte in 0..bytes {
                let part = (value >> (8 * byte)) as u8;
                if part != 0 {
                    out[at] |= 1 << (bits + byte);
                    out.push(part);
                }
            }
        }
        offset += now;
        length -= now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Applies a delta as Git's documentation describes it.
    fn apply(old: &[u8], delta: &[u8]) -> Vec<u8> {
        let mut bytes = delta.iter().copied();
        let number = |bytes: &mut dyn Iterator<Item = u8>| {
            let (mut value, mut shift) = (0usize, 0);
            loop {
                let byte = bytes.next().unwrap();
                value |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    return value;
                }
            }
        };
        assert_eq!(number(&mut bytes), old.len());
        let length = number(&mut bytes);
        let mut new = Vec::new();
        while let Some(op) = bytes.next() {
            if op & 0x80 == 0 {
                new.extend(bytes.by_ref().take(usize::from(op)));
                continue;
            }
            let mut field = |first: u8, count: u8| {
                (0..count)
                    .filter(|bit| op & (1 << (first + bit)) != 0)
                    .map(|bit| usize::from(bytes.next().unwrap()) << (8 * bit))
                    .sum::<usize>()
            };
            let (offset, count) = (field(0, 4), field(4, 3));
            new.extend_from_slice(&old[offset..offset + count]);
        }
        assert_eq!(new.len(), length);
        new
    }

    proptest! {
        #[test]
        fn a_delta_makes_the_new_from_the_old(
            old in prop::collection::vec(0u8..4, 0..600),
            cut in 0usize..600,
            middle in prop::collection::vec(any::<u8>(), 0..200),
            skip in 0usize..50,
        ) {
            let cut = cut.min(old.len());
            let new = [&old[..cut], &middle, &old[(cut + skip).min(old.len())..]].concat();
            if let Some(delta) = between(&old, &new) {
                prop_assert_eq!(apply(&old, &delta), new);
            }
        }
    }

    #[test]
    fn a_large_folder_with_one_changed_name_is_a_few_bytes() {
        let old: Vec<u8> = (0..100_000u32).flat_map(u32::to_be_bytes).collect();
        let mut new = old.clone();
        new[200_000..200_020].fill(7);
        let delta = between(&old, &new).unwrap();
        assert!(delta.len() < 50, "{}", delta.len());
        assert_eq!(apply(&old, &delta), new);
    }

    #[test]
    fn versions_with_little_in_common_are_stored_whole() {
        assert_eq!(between(b"abc", b"xyz"), None);
        assert_eq!(between(b"", b"x"), None);
    }
}
