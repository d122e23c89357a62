//! One try to connect, which ends in time and leaves nothing behind.
//!
//! The client's own way to connect has no end when a broker takes the connection and says nothing: its thread and
//! its socket would stay for good, and there is another try every few seconds. So the socket is made here, and is
//! shut down when the time is over.

use std::net::{Shutdown, SocketAddr};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use lapin::runtime::default_runtime;
use lapin::tcp::{AsyncTcpStream, RustlsConnector, RustlsConnectorConfig};
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{Connection, ConnectionProperties};
use secrecy::ExposeSecret;
use tokio::net::lookup_host;

use super::Direction;
use super::connection::Broken;
use crate::config::BrokerConfig;

/// Seconds between signs of life, in both directions: a dead peer is noticed after twice this.
const HEARTBEAT: u16 = 10;

/// Connects and logs in.
pub(super) async fn dial(config: &BrokerConfig, direction: Direction) -> Result<Connection, Broken> {
    let socket = Arc::new(Mutex::new(None));
    match tokio::time::timeout(config.patience, connect(config, direction, socket.clone())).await {
        Ok(connected) => {
            // The client closes its own; this one would keep it open.
            drop(held(&socket).take());
            connected.map_err(|source| Broken::Connect { address: address(config), source })
        }
        Err(_) => {
            if let Some(socket) = held(&socket).take() {
                // An error says that it is closed already.
                drop(socket.shutdown(Shutdown::Both));
            }
            Err(silent(config))
        }
    }
}

/// It did not answer in time.
pub(super) fn silent(config: &BrokerConfig) -> Broken {
    Broken::Silent { address: address(config), patience: config.patience }
}

/// Another handle of the socket, so that it can be shut down.
type Socket = Arc<Mutex<Option<std::net::TcpStream>>>;

fn held(socket: &Socket) -> std::sync::MutexGuard<'_, Option<std::net::TcpStream>> {
    socket.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn connect(
    config: &BrokerConfig,
    direction: Direction,
    socket: Socket,
) -> Result<Connection, lapin::Error> {
    let name = format!("release-manager {} {}", env!("CARGO_PKG_VERSION"), direction.as_str());
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let tls = config.tls.then(|| encryption(config)).transpose()?;
    Connection::connector(
        uri(config),
        default_runtime()?,
        async move |uri, runtime| {
            let AMQPAuthority { host, port, .. } = uri.authority;
            let addresses: Vec<SocketAddr> = lookup_host((host.as_str(), port)).await?.collect();
            let stream = AsyncTcpStream::connect(&runtime, addresses).await?;
            if let AsyncTcpStream::Plain(plain) = &stream {
                *held(&socket) = Some(plain.get_ref().as_fd().try_clone_to_owned()?.into());
            }
            Ok(match &tls {
                None => stream,
                Some(tls) => stream.into_rustls(tls, &host).await?,
            })
        },
        properties,
    )
    .await
}

/// Believes who is configured, or else who the system believes.
fn encryption(config: &BrokerConfig) -> std::io::Result<RustlsConnector> {
    let believed = match config.authorities.as_slice() {
        [] => RustlsConnectorConfig::new_with_native_certs()?,
        given => RustlsConnectorConfig::default().with_parsable_certificates(given.to_vec()),
    };
    believed.connector_with_no_client_auth()
}

/// The parts as they are: nothing has to be escaped, and nothing can be misread.
fn uri(config: &BrokerConfig) -> AMQPUri {
    AMQPUri {
        scheme: if config.tls { AMQPScheme::AMQPS } else { AMQPScheme::AMQP },
        authority: AMQPAuthority {
            userinfo: AMQPUserInfo {
                username: config.user.clone(),
                password: config.password.expose_secret().to_owned(),
            },
            host: config.host.clone(),
            port: config.port,
        },
        vhost: config.virtual_host.clone(),
        query: AMQPQueryString { heartbeat: Some(HEARTBEAT), ..AMQPQueryString::default() },
    }
}

/// Where it is, for messages.
fn address(config: &BrokerConfig) -> String {
    let scheme = if config.tls { "amqps" } else { "amqp" };
    format!("{scheme}://{}:{}", config.host, config.port)
}
