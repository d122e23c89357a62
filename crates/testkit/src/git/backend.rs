//! The HTTP side: `git http-backend` as a CGI program behind a router, with two tokens.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use process::Program;

use super::Access;
use crate::PartError;
use crate::http::{HttpServer, secret};

/// How long one fetch or push may take.
const DEADLINE: Duration = Duration::from_secs(300);

/// The running server and the secrets it knows.
#[derive(Debug)]
pub(super) struct Backend {
    server: HttpServer,
    state: Arc<Site>,
}

#[derive(Debug)]
struct Site {
    root: PathBuf,
    write_token: String,
    read_token: String,
}

impl Backend {
    /// Serves the repositories in `root`.
    pub(super) fn start(root: &Path) -> Result<Self, PartError> {
        let state = Arc::new(Site {
            root: root.into(),
            write_token: "git-write-token".into(),
            read_token: "git-read-token".into(),
        });
        let server = HttpServer::start(Router::new().fallback(serve).with_state(Arc::clone(&state)))?;
        Ok(Self { server, state })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    pub(super) fn token(&self, access: Access) -> &str {
        match access {
            Access::Write => &self.state.write_token,
            Access::Read => &self.state.read_token,
        }
    }
}

impl Site {
    /// Whose token the request carries: as bearer, or as the password of any user.
    fn access(&self, headers: &HeaderMap) -> Option<Access> {
        let token = secret(headers)?;
        [(&self.write_token, Access::Write), (&self.read_token, Access::Read)]
            .into_iter()
            .find_map(|(known, access)| (*known == token).then_some(access))
    }
}

async fn serve(State(site): State<Arc<Site>>, request: Request) -> Response {
    let Some(access) = site.access(request.headers()) else {
        let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"git\"")];
        return (StatusCode::UNAUTHORIZED, challenge, "no valid token").into_response();
    };
    let uri = request.uri();
    let pushes = uri.path().ends_with("/git-receive-pack") || uri.query() == Some("service=git-receive-pack");
    if pushes && access == Access::Read {
        return (StatusCode::FORBIDDEN, "this token may read, not push").into_response();
    }
    match run(&site.root, access, request).await {
        Ok(answer) => answer,
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response(),
    }
}

/// One request through the CGI program.
async fn run(root: &Path, access: Access, request: Request) -> Result<Response, String> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|error| error.to_string())?;
    let header = |name: &str| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let program = Program::new("git")
        .args(["http-backend"])
        .deadline(DEADLINE)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_PROTOCOL", header("git-protocol"))
        // A named user is what makes the program accept pushes.
        .env("REMOTE_USER", access.as_str())
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .input(body);
    let run = tokio::task::spawn_blocking(move || program.run());
    let output = run.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    answer(&output.stdout).ok_or_else(|| format!("git http-backend said: {}", output.stderr_text()))
}

/// Reads a CGI answer: header lines, an empty line, the body.
fn answer(output: &[u8]) -> Option<Response> {
    let end = output.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let mut response = Response::builder();
    for line in std::str::from_utf8(&output[..end]).ok()?.lines() {
        let (name, value) = line.split_once(": ")?;
        response = if name.eq_ignore_ascii_case("status") {
            response.status(value.split(' ').next()?)
        } else {
            response.header(name, value)
        };
    }
    response.body(Body::from(output[end + 4..].to_vec())).ok()
}
