//! What several targets need.

/// What stands before the first `mark`, and after it; all of it before when there is none.
pub(crate) fn halves<'a>(bytes: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = bytes.windows(mark.len()).position(|part| part == mark);
    at.map_or((bytes, &[]), |at| (&bytes[..at], &bytes[at + mark.len()..]))
}

/// A name is one component of a path.
pub(crate) fn plain(name: &str) {
    let mut components = std::path::Path::new(name).components();
    let first = components.next();
    assert!(
        matches!(first, Some(std::path::Component::Normal(_)))
            && components.next().is_none()
            && !name.contains('\0'),
        "{name:?} is no plain name"
    );
}
