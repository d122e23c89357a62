//! An OIDC issuer: discovery, rotating keys, device flow, client credentials, and wrong tokens on demand.
//!
//! ```text
//! GET  /.well-known/openid-configuration      POST /v1/device/authorize
//! GET  /v1/keys                               POST /v1/token
//! GET  /activate   the page where a person approves a login
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::http::HttpServer;
use crate::port::Port;
use crate::service::temp_folder;
use crate::{PartError, Recorder};

mod device;
mod endpoints;
mod keys;
mod token;

pub use keys::Algorithm;
pub use token::{TokenSpec, Wrong};

use device::{Device, Outcome};
use keys::SigningKey;

/// The audience of tokens unless a test says otherwise.
pub const AUDIENCE: &str = "release-manager";

/// The running issuer.
#[derive(Debug)]
pub struct Issuer {
    realm: Arc<Realm>,
    _server: HttpServer,
}

/// A login that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The code the person compares.
    pub user_code: String,
    /// The program that asks.
    pub client_id: String,
    /// The scopes it asks for.
    pub scope: String,
}

#[derive(Debug)]
struct Realm {
    url: String,
    logins: Recorder<Login>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The last one signs; all are published.
    keys: Vec<SigningKey>,
    made_keys: usize,
    key_use: String,
    key_fetches: usize,
    /// Client id to secret; an empty secret marks a public client.
    clients: BTreeMap<String, String>,
    devices: Vec<Device>,
    /// Refresh token to the subject it speaks for.
    refresh: BTreeMap<String, TokenSpec>,
    made_refresh_tokens: usize,
    slow_downs: u32,
    poll_interval: u32,
    lifetime: Duration,
}

impl Realm {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // The state is plain data: a test that panicked while it held the lock has not broken it.
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn add_key(&mut self, algorithm: Algorithm) -> Result<String, PartError> {
        self.made_keys += 1;
        let kid = format!("key-{}", self.made_keys);
        self.keys.push(SigningKey::generate(algorithm, &kid, temp_folder()?.path())?);
        Ok(kid)
    }
}

impl Issuer {
    /// Starts an issuer with one RS256 key and the public client `hamctl`.
    ///
    /// # Errors
    /// When `openssl`, which makes RSA keys, is missing.
    pub async fn start() -> Result<Self, PartError> {
        let port = Port::reserve()?;
        let mut state = State {
            keys: Vec::new(),
            made_keys: 0,
            key_use: "sig".into(),
            key_fetches: 0,
            clients: BTreeMap::from([("hamctl".into(), String::new())]),
            devices: Vec::new(),
            refresh: BTreeMap::new(),
            made_refresh_tokens: 0,
            slow_downs: 0,
            poll_interval: 1,
            lifetime: Duration::from_secs(3600),
        };
        state.add_key(Algorithm::Rs256)?;
        let url = format!("http://{}", port.address());
        let realm = Arc::new(Realm { url, logins: Recorder::default(), state: Mutex::new(state) });
        let server = HttpServer::start_at(port, endpoints::router(Arc::clone(&realm)))?;
        Ok(Self { realm, _server: server })
    }

    /// The base URL, which is also the `iss` of its tokens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.realm.url
    }

    /// Where its keys are.
    #[must_use]
    pub fn jwks_url(&self) -> String {
        format!("{}/v1/keys", self.realm.url)
    }

    /// Lets a program log in with client credentials.
    pub fn add_client(&self, id: &str, secret: &str) {
        self.realm.with(|state| state.clients.insert(id.into(), secret.into()));
    }

    /// A token as the issuer would give it.
    #[must_use]
    pub fn token(&self, spec: &TokenSpec) -> String {
        self.realm.with(|state| token::issue(&self.realm.url, state.signer(), spec))
    }

    /// A token that has to be refused, for one reason.
    #[must_use]
    pub fn wrong_token(&self, wrong: Wrong, spec: &TokenSpec) -> String {
        self.realm.with(|state| token::forge(&self.realm.url, state.signer(), spec, wrong))
    }

    /// The header and the claims of a token as the issuer would give it, to be changed and signed by [`Self::sign`].
    #[must_use]
    pub fn parts(&self, spec: &TokenSpec) -> (serde_json::Value, serde_json::Value) {
        self.realm.with(|state| token::parts(&self.realm.url, state.signer(), spec))
    }

    /// A token with this header and these claims, whatever they are, rightly signed.
    #[must_use]
    pub fn sign(&self, header: &str, claims: &str) -> String {
        self.realm.with(|state| token::sign_raw(state.signer(), header, claims))
    }

    /// Publishes what keys are for: `sig` unless said otherwise.
    pub fn set_key_use(&self, usage: &str) {
        self.realm.with(|state| state.key_use = usage.into());
    }

    /// Signs with a new key from now on and returns its id; the old ones stay published.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn rotate(&self, algorithm: Algorithm) -> Result<String, PartError> {
        self.realm.with(|state| state.add_key(algorithm))
    }

    /// Publishes only the key that signs now.
    pub fn retire_old_keys(&self) {
        self.realm.with(|state| state.keys.drain(..state.keys.len() - 1).for_each(drop));
    }

    /// How often the keys have been fetched.
    #[must_use]
    pub fn key_fetches(&self) -> usize {
        self.realm.with(|state| state.key_fetches)
    }

    /// How long tokens from the token endpoint live.
    pub fn set_lifetime(&self, lifetime: Duration) {
        self.realm.with(|state| state.lifetime = lifetime);
    }

    /// Tells the next `count` polls of a device flow to slow down.
    pub fn slow_down_next(&self, count: u32) {
        self.realm.with(|state| state.slow_downs = count);
    }

    /// The seconds between polls that device flows are told; 1 unless set.
    pub fn set_poll_interval(&self, seconds: u32) {
        self.realm.with(|state| state.poll_interval = seconds);
    }

    /// The first login that still waits for a person, there already or still to come.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn wait_for_login(&self, deadline: Duration) -> Result<Login, PartError> {
        let waits = |login: &Login| {
            self.realm.with(|state| {
                state
                    .devices
                    .iter()
                    .any(|device| device.user_code == login.user_code && device.outcome == Outcome::Pending)
            })
        };
        self.realm.logins.wait_for("login", deadline, waits).await
    }

    /// What the person does on the page: says yes, as this subject.
    ///
    /// # Errors
    /// When no login waits under this code.
    pub fn approve(&self, user_code: &str, subject: &str) -> Result<(), PartError> {
        self.decide(user_code, Outcome::Approved(subject.into()))
    }

    /// What the person does on the page: says no.
    ///
    /// # Errors
    /// When no login waits under this code.
    pub fn deny(&self, user_code: &str) -> Result<(), PartError> {
        self.decide(user_code, Outcome::Denied)
    }

    /// Lets a login grow too old.
    ///
    /// # Errors
    /// When no login waits under this code.
    pub fn expire(&self, user_code: &str) -> Result<(), PartError> {
        self.decide(user_code, Outcome::Expired)
    }

    fn decide(&self, user_code: &str, outcome: Outcome) -> Result<(), PartError> {
        self.realm.with(|state| device::decide(state, user_code, outcome)).ok_or_else(|| PartError::Answer {
            part: "the issuer",
            answer: format!("that no login waits under {user_code}"),
        })
    }
}

impl State {
    fn signer(&self) -> &SigningKey {
        self.keys.last().expect("an issuer starts with a key and never drops the last")
    }
}
