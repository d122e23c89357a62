//! Rows of the original's texts on a screen that is too narrow for them.

/// A row of one line and its line break, cut to the screen. Without a screen it stays as it is.
pub(crate) fn fitted(row: &str, room: Option<usize>) -> String {
    match room {
        // A message of several lines is one row: on a screen its first line says enough.
        Some(room) => {
            let line = row.trim_end_matches('\n').lines().next().unwrap_or_default();
            format!("{}\n", terminal::cut(line, room))
        }
        None => row.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_screen_cuts() {
        let row = "dev: Add a limit\n\nto refunds\n";
        assert_eq!(fitted(row, None), row);
        assert_eq!(fitted(row, Some(80)), "dev: Add a limit\n");
        assert_eq!(fitted(row, Some(10)), "dev: Add …\n");
    }
}
