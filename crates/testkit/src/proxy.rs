//! Fault proxies: the network between a client and a server, with switches.
//!
//! ```text
//! client --> FaultProxy (refuse | cut | delay | silence) --> any TCP server
//! client --> FaultProxy --> HttpFaultProxy (answers 429, 500; counts requests) --> HTTP server
//! ```

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::PartError;
use crate::port::Port;

mod http;
mod line;

pub use http::{HttpFaultProxy, Seen};
use line::{Line, join};

/// A proxy in front of one TCP endpoint. It forwards until a switch says otherwise; each switch holds from the
/// moment its method returns.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    line: watch::Sender<Line>,
    orders: mpsc::Sender<(Order, oneshot::Sender<()>)>,
    accepted: watch::Receiver<usize>,
    _tasks: JoinSet<()>,
}

/// What the accept loop is told to do.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// End all connections; go on accepting new ones.
    Cut,
    /// End all connections and close the port.
    Refuse,
    /// Open the port.
    Accept,
}

impl FaultProxy {
    /// Forwards a free loopback port to `upstream`.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(upstream: SocketAddr) -> Result<Self, PartError> {
        let port = Port::reserve()?;
        let listener = port.listen()?;
        let address = port.address();
        let (line, line_seen) = watch::channel(Line::default());
        let (orders, inbox) = mpsc::channel(1);
        let (count, accepted) = watch::channel(0);
        let mut tasks = JoinSet::new();
        tasks.spawn(
            Switchboard { port, upstream, line: line_seen, count, connections: JoinSet::new() }
                .run(listener, inbox),
        );
        Ok(Self { address, line, orders, accepted, _tasks: tasks })
    }

    /// Where clients connect.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Refuses new connections and ends the present ones: the server is down.
    pub async fn refuse(&self) {
        self.order(Order::Refuse).await;
    }

    /// Ends the present connections, and accepts new ones.
    pub async fn cut(&self) {
        self.order(Order::Cut).await;
    }

    /// Holds back everything read, in both directions, by this much: a long line.
    pub fn delay(&self, delay: Duration) {
        self.line.send_modify(|line| line.delay = delay);
    }

    /// Accepts connections and lets no byte through, on present ones neither: a server that hangs.
    pub fn silence(&self) {
        self.line.send_modify(|line| line.silent = true);
    }

    /// Undoes all switches. Bytes held back by [`Self::silence`] flow again.
    pub async fn heal(&self) {
        self.line.send_replace(Line::default());
        self.order(Order::Accept).await;
    }

    /// How many connections have been accepted.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.accepted.borrow()
    }

    async fn order(&self, order: Order) {
        let (done, obeyed) = oneshot::channel();
        self.orders.send((order, done)).await.expect("the switchboard runs as long as its handle lives");
        obeyed.await.expect("the switchboard answers every order");
    }
}

/// The owner of the listener and of all connections.
struct Switchboard {
    port: Port,
    upstream: SocketAddr,
    line: watch::Receiver<Line>,
    count: watch::Sender<usize>,
    connections: JoinSet<()>,
}

impl Switchboard {
    async fn run(mut self, listener: TcpListener, mut orders: mpsc::Receiver<(Order, oneshot::Sender<()>)>) {
        let mut listener = Some(listener);
        loop {
            // Each arm is cancel safe: `recv`, `accept` and `join_next` lose nothing when another arm is first.
            tokio::select! {
                order = orders.recv() => {
                    let Some((order, done)) = order else { return };
                    listener = self.obey(order, listener).await;
                    // The handle may have given up waiting.
                    let _ = done.send(());
                }
                Some(client) = accept(listener.as_ref()) => {
                    self.count.send_modify(|count| *count += 1);
                    self.connections.spawn(join(client, self.upstream, self.line.clone()));
                }
                Some(_) = self.connections.join_next() => {}
            }
        }
    }

    async fn obey(&mut self, order: Order, listener: Option<TcpListener>) -> Option<TcpListener> {
        match order {
            Order::Accept => {
                Some(listener.unwrap_or_else(|| self.port.listen().expect("the port is reserved for us")))
            }
            Order::Cut => {
                self.connections.shutdown().await;
                listener
            }
            Order::Refuse => {
                drop(listener);
                self.connections.shutdown().await;
                None
            }
        }
    }
}

/// The next client; never, while the port is closed.
async fn accept(listener: Option<&TcpListener>) -> Option<tokio::net::TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(client, _)| client),
        None => std::future::pending().await,
    }
}
