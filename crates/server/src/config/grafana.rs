//! Where releases of an environment are annotated.

use secrecy::SecretString;

/// One environment's Grafana.
#[derive(Clone, Debug)]
pub(crate) struct GrafanaTarget {
    pub(crate) environment: String,
    pub(crate) key: SecretString,
    pub(crate) url: String,
}

/// An item that is not `<env>=<api-key>=<url>`.
#[derive(Debug, thiserror::Error)]
#[error("--grafana-annotations: value must be formatted as <env>=<api-key>=<url>")]
pub(crate) struct GrafanaError;

/// Reads the items; of two for an environment the later one wins.
pub(crate) fn parse(items: &[String]) -> Result<Vec<GrafanaTarget>, GrafanaError> {
    let mut targets: Vec<GrafanaTarget> = Vec::new();
    for item in items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()) {
        let parts: Vec<&str> = item.splitn(3, '=').map(str::trim).collect();
        let [environment, key, url] = parts[..] else { return Err(GrafanaError) };
        if environment.is_empty() || url.is_empty() {
            return Err(GrafanaError);
        }
        targets.retain(|target| target.environment != environment);
        targets.push(GrafanaTarget {
            environment: environment.to_owned(),
            key: key.to_owned().into(),
            url: url.trim_end_matches('/').to_owned(),
        });
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_wins_and_urls_may_hold_equal_signs() {
        let items = ["dev=k1=http://a", "dev=k2=http://b?x=y/"].map(str::to_owned);
        let read = parse(&items).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].url, "http://b?x=y");
        assert!(parse(&["dev=k".to_owned()]).is_err());
    }
}
