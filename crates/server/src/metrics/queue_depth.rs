//! How much waits, and for how long.

use std::fmt::Write;
use std::time::SystemTime;

use queue::Depth;

/// Writes the depth of each kind of work in OpenMetrics text.
pub(super) fn write(text: &mut String, depths: &[Depth]) -> std::fmt::Result {
    writeln!(text, "# HELP release_manager_queue_items Items in the queue by state.")?;
    writeln!(text, "# TYPE release_manager_queue_items gauge")?;
    for depth in depths {
        for (state, count) in [("pending", depth.pending), ("taken", depth.taken), ("dead", depth.dead)] {
            let kind = &depth.kind;
            writeln!(text, "release_manager_queue_items{{kind=\"{kind}\",state=\"{state}\"}} {count}")?;
        }
    }
    writeln!(text, "# HELP release_manager_queue_oldest_seconds Age of the oldest item that is not dead.")?;
    writeln!(text, "# TYPE release_manager_queue_oldest_seconds gauge")?;
    for depth in depths {
        let age = depth.oldest.and_then(|oldest| SystemTime::now().duration_since(oldest).ok());
        let age = age.unwrap_or_default().as_secs_f64();
        writeln!(text, "release_manager_queue_oldest_seconds{{kind=\"{}\"}} {age:.3}", depth.kind)?;
    }
    Ok(())
}
