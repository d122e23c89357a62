//! The login, and the server as it answers.

use std::time::Duration;

use api::{Client, Probe, ReadinessResponse, routes};
use explain::{Explain, Kind};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use terminal::duration_text;

use super::check::Check;
use super::{clusters, version};
use crate::args::GlobalArgs;
use crate::credentials::{self, Credentials};
use crate::login::{self, LoginError, Provider, TokenFile};
use crate::server::lacks_the_route;
use crate::settings::Target;
use crate::whoami;

/// How long a server has to answer each question.
const PATIENCE: Duration = Duration::from_secs(10);

/// Clocks that differ by more make fresh tokens look expired, or not valid yet.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// A token that ends sooner is worth a word.
const SOON: SignedDuration = SignedDuration::from_mins(5);

/// The token that commands would use, renewed if it can be; nobody is asked to log in.
pub(super) async fn token(global: &GlobalArgs, target: &Target) -> (Check, Option<Credentials>) {
    match obtain(global, target).await {
        Ok(credentials) => (described(&credentials, Timestamp::now()), Some(credentials)),
        Err(error) => (Check::of_error("login", &error), None),
    }
}

async fn obtain(global: &GlobalArgs, target: &Target) -> Result<Credentials, LoginError> {
    if let Some(credentials) = credentials::at_hand(global, target)? {
        return Ok(credentials);
    }
    let provider = Provider::of(target);
    let file = TokenFile::of_home(target.profile.as_deref())?;
    login::current(&file, provider.as_ref()).await?;
    let renewed = credentials::at_hand(global, target)?;
    renewed.ok_or(LoginError::NotLoggedIn { configured: provider.is_ok(), server: target.flagged.clone() })
}

fn described(credentials: &Credentials, now: Timestamp) -> Check {
    let origin = &credentials.origin;
    let Some(claims) = whoami::claims(&credentials.token) else {
        return Check::good("login", format!("a static token from {origin}"));
    };
    let mut finding = format!("{}, token from {origin}", claims.sub);
    let scopes = claims.scope.unwrap_or_else(|| claims.scp.join(" "));
    if !scopes.is_empty() {
        finding.push_str(&format!(", scopes {scopes}"));
    }
    let Some(expires) = claims.exp.and_then(|seconds| Timestamp::from_second(seconds).ok()) else {
        return Check::warning(
            "login",
            format!("{finding}, without an end"),
            "the server takes no token without one",
        );
    };
    let left = expires.duration_since(now);
    if left <= SignedDuration::ZERO {
        let finding = format!("{finding}, expired at {expires}");
        return Check::failed("login", Kind::Unauthenticated, finding, "log in again: `hamctl login`");
    }
    let left_text = duration_text(left.try_into().unwrap_or_default());
    finding.push_str(&format!(", valid for {left_text}"));
    if left < SOON {
        return Check::warning(
            "login",
            finding,
            "it is renewed by itself if your provider allows it, else log in again",
        );
    }
    Check::good("login", finding)
}

/// Whether the server answers, is ready, has our time, knows us, and what it can do.
pub(super) async fn server(target: &Target, credentials: Option<Credentials>) -> Vec<Check> {
    // That no server is named was said already.
    let Some(address) = &target.address else { return Vec::new() };
    let known = credentials.is_some();
    let token = credentials.map_or_else(|| SecretString::from(""), |credentials| credentials.token);
    let client = match Client::new(address, token, env!("CARGO_PKG_VERSION"), PATIENCE) {
        Ok(client) => client,
        Err(error) => return vec![Check::of_error("server", &error)],
    };
    let ping = match client.probe(routes::PING).await {
        Ok(ping) => ping,
        Err(error) => return vec![Check::of_error("server", &error)],
    };
    if ping.status != 200 || ping.text.trim() != "pong" {
        let finding =
            format!("{} answers, but not as a release manager: status {}", client.address(), ping.status);
        let hint = "check the address: a proxy or another program may answer there";
        return vec![Check::failed("server", Kind::Unavailable, finding, hint)];
    }
    let took = format!("{} answers within {} ms", client.address(), ping.took.as_millis().max(1));
    let mut checks = vec![Check::good("server", took)];
    let (ready, theirs) = readiness(&client).await;
    checks.push(ready);
    checks.extend(version::compared(env!("CARGO_PKG_VERSION"), &theirs));
    checks.extend(clock(&ping, Timestamp::now()));
    if known {
        checks.extend(access(&client).await);
    }
    checks
}

/// Whether it can do its work, and the version it says it has.
async fn readiness(client: &Client) -> (Check, String) {
    let probe = match client.probe(routes::READYZ).await {
        Ok(probe) => probe,
        Err(error) => return (Check::of_error("readiness", &error), String::new()),
    };
    let told = api::decode::<ReadinessResponse>(probe.text.as_bytes()).unwrap_or_default();
    let check = match probe.status {
        200 => Check::good("readiness", "it can do its work"),
        404 => Check::good("readiness", "it does not say: the original release-manager has no such answer"),
        _ => {
            let hint = "what was accepted waits; tell who runs the server if it lasts";
            let ailing = ailing(&told, &probe);
            Check::warning("readiness", format!("it cannot do all its work: {ailing}"), hint)
        }
    };
    (check, told.version)
}

/// What a server that is not ready says of its parts.
fn ailing(told: &ReadinessResponse, probe: &Probe) -> String {
    let parts: Vec<String> = told
        .checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| format!("{} ({})", check.name, check.reason))
        .collect();
    match parts.is_empty() {
        true => probe.text.split_whitespace().collect::<Vec<_>>().join(" "),
        false => parts.join(", "),
    }
}

/// The server's clock beside ours; nothing when it does not tell its own.
fn clock(probe: &Probe, now: Timestamp) -> Option<Check> {
    let theirs = jiff::fmt::rfc2822::parse(&probe.date).ok()?.timestamp();
    let ahead = now.duration_since(theirs);
    if ahead.abs() <= SKEW {
        return Some(Check::good("clock", "it agrees with the server's"));
    }
    let by = duration_text(ahead.abs().try_into().unwrap_or_default());
    let side = if ahead > SignedDuration::ZERO { "ahead of" } else { "behind" };
    let hint = "set it by the network: tokens look expired, or not valid yet, when clocks differ";
    Some(Check::warning("clock", format!("this machine is {by} {side} the server"), hint))
}

/// Whether the server takes our token, and what it offers.
async fn access(client: &Client) -> Vec<Check> {
    let environments: Result<api::EnvironmentsResponse, _> = client.get(&[routes::ENVIRONMENTS], &[]).await;
    match environments {
        Ok(answer) => {
            let names: Vec<&str> = answer.environments.iter().map(|env| env.name.as_str()).collect();
            let access = Check::good("access", format!("it knows you; environments: {}", names.join(", ")));
            // Whoever may not ask for this was told so by what came before.
            let services = client.services(None).await.unwrap_or_default();
            std::iter::once(access).chain(clusters::heard(&names, &services)).collect()
        }
        Err(error) if lacks_the_route(&error) => {
            let hint = "diff, --dry-run, services, queue and the order of environments need a newer server";
            vec![Check::warning("access", "it is the original release-manager, or an older one", hint)]
        }
        Err(error) if error.kind() == Kind::Unauthenticated => {
            let hint = "log in again: `hamctl login`; a machine gives its token with HAMCTL_TOKEN";
            vec![Check::failed("access", Kind::Unauthenticated, "it does not take your token", hint)]
        }
        Err(error) => vec![Check::of_error("access", &error)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::check::State;

    fn probe(date: &str) -> Probe {
        Probe { status: 200, date: date.into(), text: "pong".into(), took: Duration::ZERO }
    }

    #[test]
    fn clocks_that_differ_are_told() {
        let now: Timestamp = "2026-01-05T09:14:02Z".parse().unwrap();
        for (date, state, finding) in [
            ("Mon, 05 Jan 2026 09:14:02 GMT", State::Good, "it agrees with the server's"),
            ("Mon, 05 Jan 2026 09:13:40 GMT", State::Good, "it agrees with the server's"),
            (
                "Mon, 05 Jan 2026 08:14:02 GMT",
                State::Warning,
                "this machine is 1 h 00 min ahead of the server",
            ),
            ("Mon, 05 Jan 2026 09:16:02 GMT", State::Warning, "this machine is 2 min 00 s behind the server"),
        ] {
            let check = clock(&probe(date), now).unwrap();
            assert_eq!((check.state, check.finding.as_str()), (state, finding), "{date}");
        }
        assert!(clock(&probe(""), now).is_none() && clock(&probe("yesterday"), now).is_none());
    }
}
