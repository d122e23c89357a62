//! The identity provider's keys: fetched when needed, together, and not too often.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::key::{Jwk, Key};

/// Keys are fetched anew after this time, so that a key the provider takes back does not stay.
const FRESH: Duration = Duration::from_secs(15 * 60);

/// Between the end of a fetch and the next one, whatever tokens ask for: a flood of unknown keys must not become a flood at the provider.
const BETWEEN_FETCHES: Duration = Duration::from_secs(5);

/// How long one fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// A longer answer is none.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The keys at one address.
#[derive(Debug)]
pub(crate) struct Jwks {
    url: String,
    http: reqwest::Client,
    keys: RwLock<Arc<Keys>>,
    /// When the last fetch ended. Held while one is under way, so that all who need it wait for the same one.
    fetch: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Keys {
    by_id: HashMap<String, Arc<Key>>,
    fetched: Option<Instant>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Jwks {
    pub(crate) fn new(url: String, http: reqwest::Client) -> Self {
        Self { url, http, keys: RwLock::default(), fetch: tokio::sync::Mutex::default() }
    }

    /// The key with this id. Unknown or old ones are asked for at the provider; while it does not answer, what is
    /// known stays.
    pub(crate) async fn key(&self, id: &str) -> Option<Arc<Key>> {
        if id.is_empty() {
            return None;
        }
        let known = self.known();
        if known.is_fresh()
            && let Some(key) = known.by_id.get(id)
        {
            return Some(key.clone());
        }
        self.refresh().await;
        self.known().by_id.get(id).cloned()
    }

    /// Fetches the keys, unless that has just been done.
    pub(crate) async fn refresh(&self) {
        let mut last = self.fetch.lock().await;
        if last.is_some_and(|last| last.elapsed() < BETWEEN_FETCHES) {
            return;
        }
        let fetched = self.fetch().await;
        // From its end: who waited for a provider that does not answer must not begin to wait for it anew.
        *last = Some(Instant::now());
        match fetched {
            Ok(keys) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys),
            Err(problem) => {
                tracing::warn!(url = self.url, problem, "the identity provider's keys cannot be fetched")
            }
        }
    }

    fn known(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<Keys, String> {
        let failed = |error: reqwest::Error| explain::chain(&error.without_url()).join(": ");
        let mut answer = self
            .http
            .get(&self.url)
            .timeout(FETCH_TIMEOUT)
            .send()
            .await
            .map_err(failed)?
            .error_for_status()
            .map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER_BYTES {
                return Err("the answer is too long".to_owned());
            }
        }
        let set: KeySet = serde_json::from_slice(&bytes).map_err(|error| format!("no key set: {error}"))?;
        let by_id = set
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok())
            .filter_map(|jwk| Key::from_jwk(&jwk).map(|key| (jwk.kid, Arc::new(key))))
            .collect();
        Ok(Keys { by_id, fetched: Some(Instant::now()) })
    }
}

impl Keys {
    fn is_fresh(&self) -> bool {
        self.fetched.is_some_and(|fetched| fetched.elapsed() < FRESH)
    }
}
