//! The flag names of script arguments.

/// An argument's name in kebab case: `dockerImageURL` is `docker-image-url`, `k8sVersion` is `k-8-s-version`.
pub(crate) fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &c) in chars.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(|before| chars.get(before)).copied();
        if previous.is_some_and(|previous| is_boundary(previous, c, chars.get(at + 1).copied())) {
            out.push('-');
        }
        out.push(if matches!(c, ' ' | '_' | '.' | '-') { '-' } else { c.to_ascii_lowercase() });
    }
    out
}

fn is_boundary(previous: char, c: char, next: Option<char>) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let (was_digit, is_digit) = (previous.is_ascii_digit(), c.is_ascii_digit());
    (previous.is_ascii_lowercase() && c.is_ascii_uppercase())
        || (was_digit && is_letter(c))
        || (is_letter(previous) && is_digit)
        || (previous.is_ascii_uppercase()
            && c.is_ascii_uppercase()
            && next.is_some_and(|next| next.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_flags() {
        let table = [
            ("tag", "tag"),
            ("artifact_id", "artifact-id"),
            ("dockerImageURL", "docker-image-url"),
            ("k8sVersion", "k-8-s-version"),
            ("a1b2", "a-1-b-2"),
            ("ABCDef", "abc-def"),
            ("with space.and-dash", "with-space-and-dash"),
            ("", ""),
        ];
        for (name, want) in table {
            assert_eq!(kebab(name), want, "{name}");
        }
    }
}
