//! Our version beside the server's.

use std::cmp::Ordering;

use super::check::Check;

/// Nothing when the server does not say. What differs in the last number alone fits together.
pub(super) fn compared(ours: &str, theirs: &str) -> Option<Check> {
    if theirs.is_empty() {
        return None;
    }
    let finding = format!("hamctl {ours}, server {theirs}");
    let hint = match line(ours).zip(line(theirs)).map(|(ours, theirs)| ours.cmp(&theirs)) {
        Some(Ordering::Equal) => return Some(Check::good("version", finding)),
        None if ours == theirs => return Some(Check::good("version", finding)),
        Some(Ordering::Less) => "update hamctl: the server can do more than it knows of",
        Some(Ordering::Greater) => "some commands may need a newer server: ask who runs it",
        None => "use the hamctl of the server's version if a command fails",
    };
    Some(Check::warning("version", finding, hint))
}

/// Major and minor number.
fn line(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_that_may_not_fit_are_worth_a_warning() {
        for (ours, theirs, hint) in [
            ("0.1.0", "0.1.0", ""),
            ("0.1.0", "0.1.7", ""),
            ("0.1.0", "v0.1.0-rc.1", ""),
            ("0.1.0", "0.2.0", "update hamctl"),
            ("0.9.0", "0.10.0", "update hamctl"),
            ("1.0.0", "0.9.9", "some commands may need"),
            ("dev", "dev", ""),
            ("0.1.0", "dev", "use the hamctl of"),
        ] {
            let check = compared(ours, theirs).unwrap();
            assert!(check.hint.starts_with(hint), "{ours} {theirs}: {check:?}");
            assert_eq!(check.hint.is_empty(), hint.is_empty(), "{ours} {theirs}: {check:?}");
            assert_eq!(check.finding, format!("hamctl {ours}, server {theirs}"));
        }
        assert!(compared("0.1.0", "").is_none(), "the original does not say");
    }
}
