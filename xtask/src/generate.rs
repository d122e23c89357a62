//! `cargo xtask generate [--check]`: puts what the programs say of themselves into the book.
//!
//! A page asks for the help of a command with a line `<!-- help: hamctl promote -->`; the block up to the next
//! `<!-- end -->` is what the built program prints. With `--check`, nothing is written and any difference is an error.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{Fault, cargo, command, root, say, target};

/// Opens a generated block; the command follows.
const OPEN: &str = "<!-- help: ";

/// Ends a generated block.
const END: &str = "<!-- end -->";

/// Writes the book's generated blocks, or checks them.
pub(crate) fn generate(args: &[String]) -> Result<(), Fault> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("generate takes --check or nothing".to_owned()),
    };
    cargo(&["build", "--workspace", "--bins"])?;
    let mut stale = Vec::new();
    for page in pages()? {
        let text =
            fs::read_to_string(&page).map_err(|error| format!("cannot read {}: {error}", page.display()))?;
        let filled = fill(&text, &help).map_err(|fault| format!("{}: {fault}", page.display()))?;
        if filled == text {
            continue;
        }
        stale.push(page.strip_prefix(root()).unwrap_or(&page).display().to_string());
        if !check {
            fs::write(&page, filled).map_err(|error| format!("cannot write {}: {error}", page.display()))?;
        }
    }
    match (check, stale.is_empty()) {
        (true, false) => Err(format!("stale pages: {}; run `cargo xtask generate`", stale.join(", "))),
        (false, false) => {
            say(&format!("wrote {}", stale.join(", ")));
            Ok(())
        }
        (_, true) => Ok(()),
    }
}

fn pages() -> Result<Vec<PathBuf>, Fault> {
    let folder = root().join("docs");
    let listed = fs::read_dir(&folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut pages: Vec<PathBuf> =
        listed.map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    Ok(pages)
}

/// Replaces every generated block of a page.
fn fill(text: &str, help: &dyn Fn(&str) -> Result<String, Fault>) -> Result<String, Fault> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, block) = rest.split_at(at);
        let (line, after) = block.split_once('\n').ok_or("a page ends inside a generated block")?;
        let command = line.trim_start_matches(OPEN).trim_end_matches("-->").trim();
        let end = after.find(END).ok_or_else(|| format!("the block of `{command}` has no `{END}`"))?;
        filled.push_str(&format!("{before}{line}\n```text\n{}\n```\n", help(command)?));
        rest = &after[end..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// What a command says of itself, independent of who asks.
fn help(line: &str) -> Result<String, Fault> {
    let mut words = line.split_whitespace();
    let program: PathBuf = target("debug").join(words.next().unwrap_or_default());
    let mut run = command(&program.to_string_lossy());
    run.args(words).arg("--help").env_clear().current_dir(Path::new("/"));
    let output = run.output().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{line} --help` ended with {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echo(command: &str) -> Result<String, Fault> {
        Ok(format!("help of {command}"))
    }

    #[test]
    fn blocks_are_replaced_and_the_rest_stays() {
        let page = "# a\n<!-- help: x y -->\nold\n<!-- end -->\nb\n";
        let filled = "# a\n<!-- help: x y -->\n```text\nhelp of x y\n```\n<!-- end -->\nb\n";
        assert_eq!(fill(page, &echo).as_deref(), Ok(filled));
        assert_eq!(fill(filled, &echo).as_deref(), Ok(filled), "a second time changes nothing");
    }

    #[test]
    fn an_open_block_is_an_error() {
        assert!(fill("<!-- help: x -->\nold\n", &echo).is_err());
    }
}
