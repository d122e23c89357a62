//! Which branches may enter an environment (spec, section 6.3).

use artifact::EnvName;
use regex::{Regex, RegexBuilder};

use crate::{BranchRestriction, GlobalRestriction};

/// A pattern that needs more memory than this when compiled is refused: it could only be an attack.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// Compiles a pattern; the error is one line for people.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_COMPILED_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => format!("the pattern is too large: `{}`", shortened(pattern)),
        other => {
            let text = other.to_string();
            let cause =
                text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
            format!("error parsing regexp: {cause}: `{}`", shortened(pattern))
        }
    })
}

fn shortened(pattern: &str) -> String {
    pattern.chars().take(100).collect()
}

/// A restriction in force, wherever it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective<'a> {
    /// The pattern that the artifact's branch has to match.
    pub pattern: &'a str,
    /// Whether it holds for every service.
    pub global: bool,
}

/// The restrictions that hold for an environment, the global one first. A service's own is dropped where a global
/// one with another pattern guards the same environment.
#[must_use]
pub fn effective<'a>(
    environment: &EnvName,
    globals: &'a [GlobalRestriction],
    own: &'a [BranchRestriction],
) -> Vec<Effective<'a>> {
    let global = globals.iter().find(|restriction| restriction.environment == *environment);
    let own = own
        .iter()
        .filter(|restriction| restriction.environment == *environment)
        .filter(|restriction| global.is_none_or(|global| global.pattern == restriction.branch_regex))
        .map(|restriction| Effective { pattern: &restriction.branch_regex, global: false });
    global.map(|global| Effective { pattern: &global.pattern, global: true }).into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pattern_is_explained_in_one_line() {
        let problem = compile("^m(").unwrap_err();
        assert_eq!(problem, "error parsing regexp: unclosed group: `^m(`");
        assert!(compile("(a{1000}){1000}").unwrap_err().starts_with("the pattern is too large"));
    }
}
