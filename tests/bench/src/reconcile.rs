//! `bench reconcile`: from a commit to the cluster.

use anyhow::{Result, bail};

use crate::figures::Figures;

/// Measures the controller.
pub(crate) async fn measure() -> Result<Figures> {
    bail!("not measured yet")
}
