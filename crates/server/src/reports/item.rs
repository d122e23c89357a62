//! A report as it waits in the queue.

use queue::NewItem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::asked::Asked;
use crate::rollouts::Report;

/// The kind of work in the queue.
pub(crate) const REPORT: &str = "report";

/// A report, under an id of ours.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReportItem {
    pub(super) id: Uuid,
    pub(super) report: Report,
    /// For whose request it is done.
    #[serde(default, skip_serializing_if = "Asked::is_nobody")]
    asked: Asked,
}

impl ReportItem {
    /// A report that the request being served brings.
    pub(crate) fn new(report: Report) -> Self {
        Self { id: Uuid::now_v7(), report, asked: Asked::current() }
    }

    /// The row of the queue. Reports of one artifact in one place keep their order.
    pub(super) fn row(&self) -> NewItem {
        NewItem {
            kind: REPORT.to_owned(),
            key: self.report.place().join("/"),
            payload: serde_json::to_vec(self).expect("a struct of texts and numbers can be written as JSON"),
        }
    }
}
