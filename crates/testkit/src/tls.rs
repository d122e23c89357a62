//! TLS before a server that speaks plain text, for clients that show a certificate.
//!
//! ```text
//! client with a certificate --TLS--> TlsDoor --> any TCP server
//! ```
//!
//! An authority of its own signs the door's certificate and its clients'; both are files for the client under test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::PartError;
use crate::port::Port;
use crate::service::{temp_folder, write};
use crate::tool::run;

/// What makes a certificate one for its use.
pub(crate) const USES: &str = "[req]\ndistinguished_name=name\n[name]\n\
     [authority]\nbasicConstraints=critical,CA:TRUE\n\
     [door]\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n\
     [client]\nextendedKeyUsage=clientAuth\n";

/// A TLS port that lets in who shows a certificate of its authority.
#[derive(Debug)]
pub struct TlsDoor {
    port: Port,
    folder: TempDir,
    _tasks: JoinSet<()>,
}

impl TlsDoor {
    /// Opens a door to `upstream`.
    ///
    /// # Errors
    /// When no certificates can be made or no port can be had.
    pub fn start(upstream: SocketAddr) -> Result<Self, PartError> {
        let folder = temp_folder()?;
        write(&folder.path().join("uses"), USES)?;
        certificate(folder.path(), "authority", None)?;
        certificate(folder.path(), "door", Some("authority"))?;
        certificate(folder.path(), "client", Some("authority"))?;
        let acceptor = TlsAcceptor::from(Arc::new(configuration(folder.path())?));
        let port = Port::reserve()?;
        let listener = port.listen()?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, acceptor, upstream));
        Ok(Self { port, folder, _tasks: tasks })
    }

    /// The address of what lies behind the door at this path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://{}/{path}", self.port.address())
    }

    /// The certificate of the authority that signed the door's.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A certificate that is let in.
    #[must_use]
    pub fn client_certificate(&self) -> PathBuf {
        self.folder.path().join("client.pem")
    }

    /// The key of that certificate.
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.folder.path().join("client.key")
    }
}

/// Makes a key and a certificate, signed by another one or by itself.
pub(crate) fn certificate(folder: &Path, name: &str, signer: Option<&str>) -> Result<(), PartError> {
    let [key, file, subject] = [format!("{name}.key"), format!("{name}.pem"), format!("/CN={name}")];
    let mut args = vec!["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    args.extend(["-config", "uses", "-extensions", name, "-subj", &subject, "-days", "2"]);
    args.extend(["-keyout", &key, "-out", &file]);
    let by = signer.map(|signer| [format!("{signer}.pem"), format!("{signer}.key")]);
    if let Some([certificate, key]) = &by {
        args.extend(["-CA", certificate, "-CAkey", key]);
    }
    run(folder, "openssl", &args).map(drop)
}

fn configuration(folder: &Path) -> Result<ServerConfig, PartError> {
    let wrong = |problem: String| PartError::Answer { part: "openssl", answer: problem };
    let read = |name: &str| {
        CertificateDer::from_pem_file(folder.join(name)).map_err(|error| wrong(format!("{name}: {error}")))
    };
    let mut roots = RootCertStore::empty();
    roots.add(read("authority.pem")?).map_err(|error| wrong(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(folder.join("door.key")).map_err(|e| wrong(e.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![read("door.pem")?], key)
        .map_err(|error| wrong(error.to_string()))
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, upstream: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // Cancel safe: a connection that is not received was not accepted.
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(pass(stream, acceptor.clone(), upstream));
                }
            }
            // Cancel safe: a finished task stays in the set until it is joined.
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection; who has no certificate hears so from TLS itself.
async fn pass(stream: TcpStream, acceptor: TlsAcceptor, upstream: SocketAddr) {
    let Ok(mut client) = acceptor.accept(stream).await else { return };
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    drop(copy_bidirectional(&mut client, &mut server).await);
}
