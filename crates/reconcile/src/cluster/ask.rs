//! One request and its answer, with every fault named.

use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use kube::Client;
use kube::client::Body;
use kube::core::Status;
use serde::Deserialize;

use crate::fault::{Fault, FaultKind};

pub(super) const JSON: &str = "application/json";
/// Server-side apply. The body is JSON, which is YAML too.
pub(super) const APPLY: &str = "application/apply-patch+yaml";
pub(super) const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// A request that takes longer is given up and tried again: the server's own limit is a minute.
const DEADLINE: Duration = Duration::from_secs(70);

/// Sends requests. The client must not retry by itself: our pace has to see what the server says.
#[derive(Clone)]
pub(super) struct Ask {
    client: Client,
}

/// What the API server says when it refuses.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    message: String,
}

impl Ask {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(super) async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Fault> {
        let request = Request::get(path).header(header::ACCEPT, accept);
        self.finish(request.body(Body::from(Vec::new())).map_err(invalid)?).await
    }

    /// A request that changes something; its answer is the object's metadata.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, Fault> {
        let method = Method::from_bytes(method.as_bytes()).map_err(invalid)?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, METADATA)
            .header(header::CONTENT_TYPE, content_type);
        self.finish(request.body(Body::from(body)).map_err(invalid)?).await
    }

    async fn finish(&self, request: Request<Body>) -> Result<Vec<u8>, Fault> {
        let whole = async {
            let response = self.client.send(request).await.map_err(|error| fault(&error))?;
            let status = response.status();
            let wait = retry_after(&response);
            let body = response.into_body().collect().await.map_err(|error| fault(&error))?.to_bytes();
            if status.is_success() { Ok(body.to_vec()) } else { Err(refused(status, wait, &body)) }
        };
        let late = || Fault::new(FaultKind::Server, "the API server did not answer in time");
        tokio::time::timeout(DEADLINE, whole).await.map_err(|_| late())?
    }
}

fn invalid(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Invalid, error)
}

fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn refused(status: StatusCode, wait: Option<Duration>, body: &[u8]) -> Fault {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => FaultKind::Throttled(wait),
        StatusCode::CONFLICT => FaultKind::Conflict,
        StatusCode::NOT_FOUND => FaultKind::NotFound,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FaultKind::Forbidden,
        status if status.is_server_error() => FaultKind::Server,
        _ => FaultKind::Invalid,
    };
    match refusal.message.as_str() {
        "" => Fault::new(kind, format!("the API server answered {status}")),
        message => Fault::new(kind, message),
    }
}

/// What an error of the client means.
pub(super) fn fault(error: &kube::Error) -> Fault {
    match error {
        kube::Error::Api(status) => refused_by_client(status),
        // Its own message only names its source by the name of a type.
        kube::Error::Service(source) => {
            Fault::new(FaultKind::Unreachable, explain::chain(source.as_ref()).join(": "))
        }
        _ => Fault::new(FaultKind::Unreachable, explain::chain(error).join(": ")),
    }
}

/// What a refusal means that the client has read already.
pub(super) fn refused_by_client(status: &Status) -> Fault {
    let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fault = refused(code, None, b"");
    if status.message.is_empty() { fault } else { Fault::new(fault.kind, &status.message) }
}
