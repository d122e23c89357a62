//! Serving a router on a free loopback port, and reading the secret of a request.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::PartError;
use crate::port::Port;

/// A running HTTP server; dropping it closes the port and its idle connections.
#[derive(Debug)]
pub(crate) struct HttpServer {
    port: Port,
    // Dropping the sender ends the connections, dropping the set ends the accept loop.
    _stop: oneshot::Sender<()>,
    _tasks: JoinSet<()>,
}

impl HttpServer {
    /// Serves `router`.
    pub(crate) fn start(router: Router) -> Result<Self, PartError> {
        Self::start_at(Port::reserve()?, router)
    }

    /// Serves `router` on a port taken before, for routers that must know their own address.
    pub(crate) fn start_at(port: Port, router: Router) -> Result<Self, PartError> {
        let listener = port.listen()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let stopped = async move { drop(stopped.await) };
            // Serving ends with the handle; accept errors are retried inside.
            drop(axum::serve(listener, router).with_graceful_shutdown(stopped).await);
        });
        Ok(Self { port, _stop: stop, _tasks: tasks })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Its base URL, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }
}

/// The secret of a request: its bearer token, or the password of any user.
pub(crate) fn secret(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(value.to_owned()),
        "basic" => basic(value).map(|(_, password)| password),
        _ => None,
    }
}

/// User and password of a `Basic` value.
pub(crate) fn basic(value: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    pair.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}
