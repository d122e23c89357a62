//! Branch restrictions that hold for every service (spec, section 6.4).

use std::borrow::Cow;

use artifact::EnvName;
use explain::{Explain, Kind};

/// A restriction given to the server at its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalRestriction {
    /// The environment it guards.
    pub environment: EnvName,
    /// The pattern that a branch has to match.
    pub pattern: String,
}

/// Why a list of global restrictions cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("branch restrictions: {problem}")]
pub struct GlobalRestrictionError {
    problem: String,
}

impl Explain for GlobalRestrictionError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> Cow<'static, str> {
        "write --policy-branch-restrictions as <environment>=<regex>, each environment once".into()
    }
}

/// Reads `<env>=<regex>` items; blank ones are skipped, and the order is kept.
///
/// # Errors
/// For an item without exactly one `=`, an empty side, an environment given twice, or a pattern that is no regular
/// expression.
pub fn parse_global_restrictions<'a>(
    items: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<GlobalRestriction>, GlobalRestrictionError> {
    let mut restrictions: Vec<GlobalRestriction> = Vec::new();
    for item in items.into_iter().map(str::trim).filter(|item| !item.is_empty()) {
        let fail = |problem: String| GlobalRestrictionError { problem };
        let sides: Vec<&str> = item.split('=').map(str::trim).collect();
        let [environment, pattern] = sides[..] else {
            return Err(fail(format!("invalid format '{item}'")));
        };
        if environment.is_empty() || pattern.is_empty() {
            return Err(fail(format!("invalid mapping '{item}'")));
        }
        let environment: EnvName = environment.parse().map_err(|error| fail(format!("{error}")))?;
        crate::restriction::compile(pattern).map_err(|problem| fail(format!("'{item}': {problem}")))?;
        if restrictions.iter().any(|known| known.environment == environment) {
            return Err(fail(format!("conflicting mappings for {environment}")));
        }
        restrictions.push(GlobalRestriction { environment, pattern: pattern.to_owned() });
    }
    Ok(restrictions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_in_order_and_blank_ones_skipped() {
        let read = parse_global_restrictions(["prod=^master$", " ", "dev=."]).unwrap();
        let shown: Vec<String> = read.iter().map(|r| format!("{} {}", r.environment, r.pattern)).collect();
        assert_eq!(shown, ["prod ^master$", "dev ."]);
    }

    #[test]
    fn a_pattern_says_by_escapes_what_would_separate() {
        let read = parse_global_restrictions([r"prod=^a\x2cb\x3dc$"]).unwrap();
        let pattern = crate::restriction::compile(&read[0].pattern).unwrap();
        assert!(pattern.is_match("a,b=c"));
        assert!(!pattern.is_match("a-b-c"));
    }

    #[test]
    fn broken_items_are_named() {
        for (items, message) in [
            (vec!["prod"], "branch restrictions: invalid format 'prod'"),
            (vec!["prod=a=b"], "branch restrictions: invalid format 'prod=a=b'"),
            (vec!["=a"], "branch restrictions: invalid mapping '=a'"),
            (vec!["prod="], "branch restrictions: invalid mapping 'prod='"),
            (vec!["prod=a", "prod=b"], "branch restrictions: conflicting mappings for prod"),
        ] {
            assert_eq!(parse_global_restrictions(items).unwrap_err().to_string(), message);
        }
        assert!(parse_global_restrictions(["prod=^m("]).is_err());
    }
}
