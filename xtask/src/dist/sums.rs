//! `SHA256SUMS`: a line for each file of a release, as `sha256sum --check` reads it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::platform::Platform;
use crate::cargo::{Fault, say};

const NAME: &str = "SHA256SUMS";

/// Writes it for every released file in the folder, those of other machines that were put there too.
pub(super) fn write(folder: &Path) -> Result<(), Fault> {
    let failed = |path: &Path, error| format!("cannot use {}: {error}", path.display());
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(|error| failed(folder, error))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Platform::is_asset(name))
        .collect();
    names.sort();
    let mut text = String::new();
    for name in &names {
        let path = folder.join(name);
        let content = fs::read(&path).map_err(|error| failed(&path, error))?;
        text.push_str(&line(name, &content));
    }
    let path = folder.join(NAME);
    fs::write(&path, text).map_err(|error| failed(&path, error))?;
    say(&format!("{} ({} files)", path.display(), names.len()));
    Ok(())
}

fn line(name: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}  {name}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_what_sha256sum_reads() {
        // The digest of nothing, as FIPS 180-4 has it.
        let expected =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  artifact-linux-amd64\n";
        assert_eq!(line("artifact-linux-amd64", b""), expected);
    }
}
