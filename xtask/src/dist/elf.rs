//! What an ELF program asks the system for before it starts.

/// Kinds of segments and of dynamic entries, by the System V ABI.
const PT_DYNAMIC: u64 = 2;
const PT_INTERP: u64 = 3;
const DT_NULL: u64 = 0;
const DT_NEEDED: u64 = 1;

/// A loader or libraries that a 64-bit program needs; none for a static one. The text of a fault says what is wrong.
pub(super) fn needs(bytes: &[u8]) -> Result<Vec<String>, String> {
    let little = match bytes.get(..6) {
        Some([0x7f, b'E', b'L', b'F', 2, order @ (1 | 2)]) => *order == 1,
        _ => return Err("this is no 64-bit ELF program".to_owned()),
    };
    let file = File { bytes, little };
    let (table, size, count) = (file.number(0x20, 8)?, file.number(0x36, 2)?, file.number(0x38, 2)?);
    if count == 0 {
        return Err("this program has no segments".to_owned());
    }
    let mut needs = Vec::new();
    for index in 0..count {
        let header = table.saturating_add(index * size);
        let kind = file.number(header, 4)?;
        let (offset, length) = (file.number(header + 8, 8)?, file.number(header + 0x20, 8)?);
        match kind {
            PT_INTERP => needs.push(format!("the loader {}", file.text(offset, length)?)),
            PT_DYNAMIC => {
                let libraries = file.libraries(offset, length)?;
                if libraries > 0 {
                    needs.push(format!("shared libraries ({libraries})"));
                }
            }
            _ => {}
        }
    }
    Ok(needs)
}

struct File<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl File<'_> {
    fn part(&self, offset: u64, length: u64) -> Result<&[u8], String> {
        let cut = || "this ELF program is cut short".to_owned();
        let begin = usize::try_from(offset).map_err(|_| cut())?;
        let end =
            usize::try_from(length).ok().and_then(|length| begin.checked_add(length)).ok_or_else(cut)?;
        self.bytes.get(begin..end).ok_or_else(cut)
    }

    fn number(&self, offset: u64, length: u64) -> Result<u64, String> {
        let part = self.part(offset, length)?;
        let next = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(if self.little { part.iter().rev().fold(0, next) } else { part.iter().fold(0, next) })
    }

    fn text(&self, offset: u64, length: u64) -> Result<String, String> {
        Ok(String::from_utf8_lossy(self.part(offset, length)?).trim_end_matches('\0').to_owned())
    }

    fn libraries(&self, offset: u64, length: u64) -> Result<usize, String> {
        let mut count = 0;
        for entry in (offset..offset.saturating_add(length)).step_by(16) {
            match self.number(entry, 8)? {
                DT_NULL => break,
                DT_NEEDED => count += 1,
                _ => {}
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program of one segment of this kind, which holds these bytes.
    fn program(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 0x78];
        bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
        bytes[0x20] = 0x40; // where the table of segments is
        bytes[0x36] = 0x38; // how long one entry is
        bytes[0x38] = 1; // how many there are
        bytes[0x40] = kind;
        bytes[0x48] = 0x78; // where the segment is
        bytes[0x60] = u8::try_from(content.len()).unwrap();
        bytes.extend(content);
        bytes
    }

    #[test]
    fn a_loader_and_libraries_are_seen() {
        let loader = program(3, b"/lib64/ld-linux-x86-64.so.2\0");
        assert_eq!(needs(&loader), Ok(vec!["the loader /lib64/ld-linux-x86-64.so.2".to_owned()]));
        let mut entries = [0; 48];
        entries[0] = 1;
        assert_eq!(needs(&program(2, &entries)), Ok(vec!["shared libraries (1)".to_owned()]));
        entries[0] = 7;
        assert_eq!(needs(&program(2, &entries)), Ok(Vec::new()), "a static program that can be moved");
        assert_eq!(needs(&program(1, b"text")), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_whole_program_is_an_error() {
        let mut far = program(3, b"/lib/ld.so\0");
        far[0x20..0x28].fill(0xff);
        assert!(needs(&far).is_err(), "a table beyond all files");
        let whole = program(3, b"/lib/ld.so\0");
        for length in [0, 5, 0x30, 0x50, whole.len() - 1] {
            assert!(needs(&whole[..length]).is_err(), "{length}");
        }
        assert!(needs(b"#!/bin/sh\nexit 0\n").is_err());
        assert!(needs(&[&[0x7f, b'E', b'L', b'F', 1, 1][..], &[0; 100]].concat()).is_err(), "32 bits");
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn this_very_test_is_seen_to_be_dynamic() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let needs = needs(&bytes).unwrap();
        assert!(needs.iter().any(|need| need.starts_with("the loader /")), "{needs:?}");
        assert!(needs.iter().any(|need| need.starts_with("shared libraries")), "{needs:?}");
    }
}
