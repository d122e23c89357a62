//! The built program, and what it answers when it is asked.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use testkit::{Access, GitHost, Launch, Port, Repository, Service, wait};

pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The body of a push that it is told of.
pub(crate) const PUSH: &str = r#"{"ref":"refs/heads/master"}"#;

/// The program with its flags; it does not run before [`Self::start`].
pub(crate) struct Controller {
    http: reqwest::Client,
    port: Port,
    flags: Vec<(&'static str, String)>,
    service: Option<Service>,
}

impl Controller {
    pub(crate) fn new(
        host: &GitHost,
        config: &Repository,
        flags: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        install_crypto();
        let port = Port::reserve().unwrap();
        let mut all = vec![
            ("config-repo", config.ssh_url().to_owned()),
            ("ssh-private-key", host.ssh_key(Access::Read).display().to_string()),
            ("known-hosts", host.known_hosts().display().to_string()),
            ("http-port", port.address().port().to_string()),
        ];
        all.extend(flags);
        let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
        Self { http, port, flags: all, service: None }
    }

    /// Starts it, with these flags beside those it always has.
    pub(crate) fn start_with(&mut self, more: &[(&str, String)]) {
        let always = self.flags.iter().map(|(name, value)| (*name, value));
        let more = more.iter().map(|(name, value)| (*name, value));
        let args = always.chain(more).map(|(name, value)| format!("--{name}={value}")).collect();
        let program = PathBuf::from(env!("CARGO_BIN_EXE_release-controller"));
        let launch = Launch { name: "release-controller", program, args, env: Vec::new() };
        self.service = Some(Service::start(launch).unwrap());
    }

    /// Starts it, or a new one after [`Self::kill`].
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.service = None;
    }

    /// Waits until it says something about all units that `wanted` accepts.
    pub(crate) async fn units(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let (http, url) = (&self.http, format!("http://{}/units", self.port.address()));
        let wanted = &wanted;
        let probe = || {
            let request = http.get(&url);
            async move {
                let answer = request.send().await.map_err(|error| error.to_string())?;
                let units: Value = answer.json().await.map_err(|error| error.to_string())?;
                if wanted(&units) { Ok(units) } else { Err(format!("{units:#}\n{}", self.last_words())) }
            }
        };
        wait::until(what, PATIENCE, probe).await
    }

    /// Waits until this commit is enforced and every unit is healthy.
    pub(crate) async fn healthy(&self, commit: &str) -> Value {
        self.units(&format!("{commit} to be healthy"), |units| is_healthy(units, commit)).await
    }

    /// Waits until `/readyz` answers this status, and a text that contains this; returns the text.
    pub(crate) async fn readyz(&self, status: u16, wanted: &str) -> String {
        let url = format!("http://{}/readyz", self.port.address());
        let probe = || {
            let request = self.http.get(&url);
            async move {
                let answer = request.send().await.map_err(|error| error.to_string())?;
                let (seen, text) = (answer.status().as_u16(), answer.text().await.unwrap_or_default());
                if seen == status && text.contains(wanted) {
                    Ok(text)
                } else {
                    Err(format!("{seen}: {text}"))
                }
            }
        };
        wait::until(&format!("/readyz to answer {status} {wanted}"), PATIENCE, probe).await
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.port.address());
        self.http.get(&url).send().await.unwrap().text().await.unwrap()
    }

    /// Tells it of a push, as a Git host does; returns the status and what it says.
    pub(crate) async fn tell_push(&self, webhook: &Port, signature: Option<&str>) -> (u16, String) {
        let request = self.http.post(format!("http://{}/", webhook.address())).body(PUSH);
        let request = match signature {
            Some(signature) => request.header("X-Hub-Signature-256", signature),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The messages of its log that contain this, once there is one.
    pub(crate) async fn logged(&self, wanted: &str) -> Vec<String> {
        let probe = async || {
            let found = self.log(wanted);
            if found.is_empty() { Err(self.last_words()) } else { Ok(found) }
        };
        wait::until(&format!("a line in the log that says {wanted:?}"), PATIENCE, probe).await
    }

    /// The messages of its log so far that contain this, with their level.
    pub(crate) fn log(&self, wanted: &str) -> Vec<String> {
        let log = self.service.as_ref().map(|service| std::fs::read_to_string(service.log()).unwrap());
        let text = log.unwrap_or_default();
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let message = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let level = line["level"].as_str().unwrap().to_uppercase();
            format!("{level} {}", line["message"].as_str().unwrap())
        };
        whole.lines().map(message).filter(|message| message.contains(wanted)).collect()
    }

    fn last_words(&self) -> String {
        self.service.as_ref().map(Service::last_words).unwrap_or_default()
    }
}

/// What clients of HTTP need once a process.
pub(crate) fn install_crypto() {
    // An error says that the process has a provider already, which serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
}

fn is_healthy(units: &Value, commit: &str) -> bool {
    let all = units["units"].as_array().unwrap();
    units["revision"] == commit && all.iter().all(|unit| unit["state"] == "healthy")
}

/// A field of the unit whose name ends so; empty when it has none.
pub(crate) fn field<'a>(units: &'a Value, name: &str, field: &str) -> &'a str {
    let all = units["units"].as_array().unwrap();
    let unit = all.iter().find(|unit| unit["unit"].as_str().unwrap().ends_with(name));
    unit.and_then(|unit| unit[field].as_str()).unwrap_or_default()
}

/// The state and message of a unit.
pub(crate) fn unit<'a>(units: &'a Value, name: &str) -> (&'a str, &'a str) {
    (field(units, name, "state"), field(units, name, "message"))
}
