//! Pages of the inventory as ConfigMaps in our own namespace.

use serde::Deserialize;
use serde_json::{Value, json};

use super::sight::Metadata;
use super::{Cluster, ask};
use crate::fault::{Fault, FaultKind};
use crate::ledger::{Page, PageWrite};
use crate::machine::OWN_NAMESPACE;

/// Finds all pages of an environment. Not the label of applied objects: a page must never look like one.
const INVENTORY_LABEL: &str = "release-manager.io/inventory";
const NUMBER_ANNOTATION: &str = "release-manager.io/page";
const KEY: &str = "inventory.json";

#[derive(Deserialize)]
struct List {
    items: Vec<Stored>,
}

#[derive(Deserialize)]
struct Stored {
    metadata: Metadata,
    #[serde(default)]
    data: std::collections::BTreeMap<String, String>,
}

impl Cluster {
    pub(crate) async fn read_pages(&self) -> Result<Vec<Page>, Fault> {
        let path = format!(
            "/api/v1/namespaces/{OWN_NAMESPACE}/configmaps?labelSelector={INVENTORY_LABEL}%3D{}",
            self.environment
        );
        let answer = self.ask.get(&path, ask::JSON).await?;
        let unreadable =
            |error: &dyn std::error::Error| Fault::new(FaultKind::Invalid, explain::chain(error).join(": "));
        let list: List = serde_json::from_slice(&answer).map_err(|error| unreadable(&error))?;
        let page = |stored: Stored| {
            let number = stored.metadata.annotation(NUMBER_ANNOTATION).and_then(|text| text.parse().ok());
            let (Some(number), Some(text)) = (number, stored.data.get(KEY)) else {
                let message = format!("ConfigMap {} is no page of an inventory", stored.metadata.name());
                return Err(Fault::new(FaultKind::Invalid, message));
            };
            let version = Some(stored.metadata.resource_version().to_owned());
            Page::read(number, version, text).map_err(|error| unreadable(&error))
        };
        list.items.into_iter().map(page).collect()
    }

    /// Stores a page, unless somebody else has meanwhile; returns its resource version.
    pub(crate) async fn write_page(&self, page: &PageWrite) -> Result<String, Fault> {
        let body = self.config_map(page).map_err(|error| Fault::new(FaultKind::Invalid, error))?;
        let maps = format!("/api/v1/namespaces/{OWN_NAMESPACE}/configmaps");
        let body = body.to_string().into_bytes();
        let answer = if page.resource_version.is_some() {
            self.ask.send("PUT", &format!("{maps}/{}", self.page_name(page.number)), ask::JSON, body).await?
        } else {
            self.ask.send("POST", &maps, ask::JSON, body).await?
        };
        Ok(Metadata::read(&answer)?.resource_version().to_owned())
    }

    fn config_map(&self, page: &PageWrite) -> Result<Value, serde_json::Error> {
        let mut map = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": self.page_name(page.number),
                "labels": {INVENTORY_LABEL: self.environment.as_str()},
                "annotations": {NUMBER_ANNOTATION: page.number.to_string()},
            },
            "data": {KEY: page.text()?},
        });
        if let Some(version) = &page.resource_version {
            map["metadata"]["resourceVersion"] = version.as_str().into();
        }
        Ok(map)
    }

    fn page_name(&self, number: usize) -> String {
        // An environment may have capitals and underscores, the name of an object may not: the label has it as it is.
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let environment: String = self.environment.as_str().chars().map(plain).collect();
        format!("inventory-{environment}-{number}")
    }
}
