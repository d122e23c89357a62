//! Ports that stay ours.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::PartError;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 128;

/// A loopback port that is ours for as long as this value lives.
///
/// The socket is bound and never listens: the kernel gives its port to nobody else and refuses connections to it,
/// while a listener that allows reuse of the address (all servers do) can come and go on the same port.
#[derive(Debug)]
pub struct Port {
    address: SocketAddr,
    _held: TcpSocket,
}

impl Port {
    /// Takes a free port.
    ///
    /// # Errors
    /// When there is none.
    pub fn reserve() -> Result<Self, PartError> {
        let (held, address) = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self { address, _held: held })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts to accept connections, until the listener is dropped.
    pub(crate) fn listen(&self) -> Result<TcpListener, PartError> {
        bound(self.address)?.0.listen(BACKLOG).map_err(PartError::io(format!("listen on {}", self.address)))
    }
}

fn bound(address: SocketAddr) -> Result<(TcpSocket, SocketAddr), PartError> {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let bound_to = socket.local_addr()?;
        Ok((socket, bound_to))
    };
    bind().map_err(PartError::io(format!("bind {address}")))
}
