//! Logins by device code: a program asks, a person decides, the program polls.

use super::token::TokenSpec;
use super::{Login, State};

/// One login.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) device_code: String,
    pub(super) user_code: String,
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) outcome: Outcome,
}

/// How it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    /// Approved by this subject.
    Approved(String),
    Denied,
    Expired,
    /// The token has been handed out: a device code works once.
    Used,
}

/// Begins a login.
pub(super) fn begin(state: &mut State, client_id: &str, scope: &str) -> (String, Login) {
    let number = state.devices.len() + 1;
    let device = Device {
        device_code: format!("device-code-{number}"),
        user_code: format!("RELEASE-{number:04}"),
        client_id: client_id.into(),
        scope: scope.into(),
        outcome: Outcome::Pending,
    };
    let login =
        Login { user_code: device.user_code.clone(), client_id: client_id.into(), scope: scope.into() };
    let device_code = device.device_code.clone();
    state.devices.push(device);
    (device_code, login)
}

/// Records a person's decision on a login that waits for one.
pub(super) fn decide(state: &mut State, user_code: &str, outcome: Outcome) -> Option<()> {
    let device = state
        .devices
        .iter_mut()
        .find(|device| device.user_code == user_code && device.outcome == Outcome::Pending)?;
    device.outcome = outcome;
    Some(())
}

/// One poll: what the token is to say, or the error code of RFC 8628.
pub(super) fn poll(state: &mut State, client_id: &str, device_code: &str) -> Result<TokenSpec, &'static str> {
    let device = state
        .devices
        .iter_mut()
        .find(|device| device.device_code == device_code && device.client_id == client_id)
        .ok_or("invalid_grant")?;
    if state.slow_downs > 0 {
        state.slow_downs -= 1;
        return Err("slow_down");
    }
    match &device.outcome {
        Outcome::Pending => Err("authorization_pending"),
        Outcome::Denied => Err("access_denied"),
        Outcome::Expired => Err("expired_token"),
        Outcome::Used => Err("invalid_grant"),
        Outcome::Approved(subject) => {
            let spec = TokenSpec::new(subject).scope(&device.scope).lifetime(state.lifetime);
            device.outcome = Outcome::Used;
            Ok(spec)
        }
    }
}
