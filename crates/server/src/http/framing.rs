//! Where a request's body ends has to be said once and plainly: a proxy in front that reads it otherwise than we do
//! would take a part of one caller's body for another caller's request.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use explain::Kind;

use super::Failure;

/// Refuses a request whose end could be read in two ways, and ends its connection.
pub(crate) async fn unambiguous(request: Request, next: Next) -> Response {
    if is_unambiguous(request.headers()) {
        return next.run(request).await;
    }
    let hint = "send one Content-Length, or `Transfer-Encoding: chunked` alone";
    let mut response =
        Failure::new(Kind::Usage, "where the body ends is said in two ways", hint).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The HTTP library has refused lengths that disagree, and lengths beside codings.
fn is_unambiguous(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => {
            coding.as_bytes().eq_ignore_ascii_case(b"chunked")
                && !headers.contains_key(header::CONTENT_LENGTH)
        }
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_coding_or_one_length() {
        let check = |lines: &[(header::HeaderName, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(name, HeaderValue::from_static(value));
            }
            is_unambiguous(&headers)
        };
        let (coding, length) = (header::TRANSFER_ENCODING, header::CONTENT_LENGTH);
        assert!(check(&[]) && check(&[(length.clone(), "2")]) && check(&[(coding.clone(), "Chunked")]));
        assert!(!check(&[(coding.clone(), "identity"), (coding.clone(), "chunked")]));
        assert!(!check(&[(coding.clone(), "identity, chunked")]));
        assert!(!check(&[(coding, "chunked"), (length, "2")]));
    }
}
