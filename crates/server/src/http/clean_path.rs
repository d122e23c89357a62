//! Paths with empty or dotted parts lead elsewhere, as with the original (spec, section 13.8). Pure.

use axum::http::Uri;

/// Where such a path leads, its query included; `None` for a clean one.
pub(super) fn cleaned(uri: &Uri) -> Option<String> {
    let path = uri.path();
    if !path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let slash = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    // One slash at its beginning, so it stays on this server.
    let clean = format!("/{}{slash}", parts.join("/"));
    let query = uri.query().map_or(String::new(), |query| format!("?{query}"));
    (clean != path).then(|| clean + &query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_by_the_original() {
        for (path, clean) in [
            ("/status", None),
            ("/", None),
            ("/status/", None),
            ("//status?service=a", Some("/status?service=a")),
            ("/a/../status/.", Some("/status")),
            ("/../../etc//", Some("/etc/")),
            ("//evil.test/%2e%2e", Some("/evil.test/%2e%2e")),
        ] {
            assert_eq!(cleaned(&path.parse().unwrap()).as_deref(), clean, "{path}");
        }
    }
}
