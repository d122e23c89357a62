//! Opening a page for the person, where there is a screen.

use std::process::{Command, Stdio};

/// Opens a page, or does not: the address is on the screen anyway.
pub(super) fn open(page: &str) {
    let screen = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    // Only pages: a provider must not make us open files or start other programs.
    if !screen || !page.starts_with("http") {
        return;
    }
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    #[expect(clippy::disallowed_methods, reason = "the browser has the person's environment and outlives us")]
    let started = Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    // Without an opener the person goes there by hand.
    drop(started);
}
