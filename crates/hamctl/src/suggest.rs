//! What somebody probably meant.

/// How many names are worth listing.
const LISTED: usize = 12;

/// The hint for a name that is none of the known ones, all of which are `things`.
pub(crate) fn next_step(things: &str, name: &str, known: &[String]) -> String {
    let more = known.len().saturating_sub(LISTED);
    let mut list = known.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    match closest(name, known) {
        Some(meant) => format!("did you mean '{meant}'? Known {things}: {list}"),
        None if known.is_empty() => format!("there are no {things} yet"),
        None => format!("use one of the known {things}: {list}"),
    }
}

/// The known name that is nearest, if it is near enough to be a slip of the fingers.
pub(crate) fn closest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let (distance, nearest) = known
        .iter()
        .map(|candidate| (distance(&name, &candidate.to_lowercase()), candidate.as_str()))
        .min_by_key(|(distance, _)| *distance)?;
    let shorter = name.chars().count().min(nearest.chars().count());
    // Names that begin alike (`production`, `prod`) count as near too.
    let begins_alike = shorter >= 3 && (name.starts_with(nearest) || nearest.starts_with(&name));
    (distance <= 1.max(shorter / 3) && distance < shorter || begins_alike).then_some(nearest)
}

/// How many characters have to be added, dropped, replaced or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let known = ["dev".to_owned(), "staging".to_owned(), "prod".to_owned()];
        for (name, meant) in [
            ("prd", Some("prod")),
            ("porD", Some("prod")),
            ("stagign", Some("staging")),
            ("production", Some("prod")),
            ("stag", Some("staging")),
            ("d", None),
            ("qa", None),
            ("", None),
            ("europe", None),
        ] {
            assert_eq!(closest(name, &known), meant, "{name}");
        }
    }

    #[test]
    fn the_hint_lists_what_is_known() {
        let known = ["dev".to_owned(), "prod".to_owned()];
        assert_eq!(
            next_step("environments", "prd", &known),
            "did you mean 'prod'? Known environments: dev, prod"
        );
        assert_eq!(next_step("environments", "qa", &known), "use one of the known environments: dev, prod");
    }
}
