//! The process itself, as the original's collector told it.

use std::fmt::Write;

/// Writes memory and open files in OpenMetrics text; nothing where `/proc` does not tell.
pub(super) fn write(text: &mut String) -> std::fmt::Result {
    if let Some(bytes) = resident() {
        writeln!(text, "# HELP process_resident_memory_bytes Resident memory size in bytes.")?;
        writeln!(text, "# TYPE process_resident_memory_bytes gauge")?;
        writeln!(text, "process_resident_memory_bytes {bytes}")?;
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        writeln!(text, "# HELP process_open_fds Number of open file descriptors.")?;
        writeln!(text, "# TYPE process_open_fds gauge")?;
        writeln!(text, "process_open_fds {}", files.count())?;
    }
    Ok(())
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
