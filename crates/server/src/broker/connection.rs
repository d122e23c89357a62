//! Keeps a connection up for as long as the server runs: connects, declares, lets the two sides talk, and when that
//! ends, for whatever reason, begins again.

use std::borrow::Cow;
use std::time::Duration;

use explain::{Explain, Kind};
use lapin::Channel;
use queue::QueueError;
use tokio_util::sync::CancellationToken;

use super::dial::{dial, silent};
use super::{Direction, topology};
use crate::app::App;
use crate::config::BrokerConfig;

/// Between two looks whether a connection on which nothing happens is still there.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// How long the broker may take to confirm, or to take what is written.
pub(super) const CONFIRM: Duration = Duration::from_secs(30);

/// How long the broker may take to close a connection at the end.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a connection ended, or was never there.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("{address} cannot be connected to")]
    Connect {
        address: String,
        #[source]
        source: lapin::Error,
    },
    #[error("{address} did not answer within {} s", patience.as_secs_f32())]
    Silent { address: String, patience: Duration },
    #[error("RabbitMQ refuses {what}")]
    Declare {
        what: String,
        #[source]
        source: lapin::Error,
    },
    #[error("the connection to RabbitMQ broke")]
    Lost(#[source] lapin::Error),
    #[error("the connection to RabbitMQ ended")]
    Ended,
    #[error("RabbitMQ does not confirm what was published")]
    Unconfirmed,
    #[error("the queue cannot take in what RabbitMQ sent")]
    Queue(#[source] QueueError),
}

impl Explain for Broken {
    fn kind(&self) -> Kind {
        match self {
            Self::Connect { .. }
            | Self::Silent { .. }
            | Self::Declare { .. }
            | Self::Lost(_)
            | Self::Ended
            | Self::Unconfirmed => Kind::Unavailable,
            Self::Queue(error) => error.kind(),
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Connect { .. } => {
                "see that RabbitMQ runs there, and that --amqp-user may enter --amqp-virtualhost".into()
            }
            Self::Silent { .. } => "see that RabbitMQ runs there, and whether it needs --amqp-tls".into(),
            Self::Declare { .. } => {
                "see what is there under that name: it has to be declared as the original does, and the user has to be allowed to configure, write and read it".into()
            }
            Self::Lost(_) | Self::Ended => "see RabbitMQ's log, if it stays so".into(),
            Self::Unconfirmed => "see whether RabbitMQ is short of memory, disk or replicas".into(),
            Self::Queue(error) => error.next_step(),
        }
    }
}

/// What is done on a connection.
pub(super) trait Talk: Send + 'static {
    /// What it is for.
    const DIRECTION: Direction;

    /// Talks until it is told to stop, which is success, or the connection ends. It may be called again, on another
    /// connection.
    fn talk(
        &mut self,
        channel: &Channel,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(), Broken>> + Send;
}

/// Waits until the client has written something and has its answer, if it has one. What is handed to the client in the
/// moment in which a connection ends is forgotten by it, and never answered: so the connection is looked after, too.
pub(super) async fn written<T>(
    channel: &Channel,
    written: impl Future<Output = Result<T, lapin::Error>>,
) -> Result<T, Broken> {
    let gone = async {
        let mut look = tokio::time::interval(LOOK);
        while channel.status().connected() {
            look.tick().await;
        }
    };
    tokio::select! {
        biased;
        written = written => written.map_err(Broken::Lost),
        () = gone => Err(Broken::Ended),
        () = tokio::time::sleep(CONFIRM) => Err(Broken::Unconfirmed),
    }
}

/// Lets it talk until it is told to stop, on one connection after the other.
///
/// # Errors
/// When the queue has stopped.
pub(super) async fn keep<T: Talk>(
    app: App,
    config: BrokerConfig,
    mut talk: T,
    stop: CancellationToken,
) -> Result<(), QueueError> {
    let mut pauses = Pauses::new(config.pause);
    loop {
        let broken = match one(&app, &config, &mut talk, &mut pauses, &stop).await {
            Ok(()) => return Ok(()),
            Err(Broken::Queue(QueueError::Stopped)) => return Err(QueueError::Stopped),
            Err(broken) => broken,
        };
        app.metrics.broker.connected(T::DIRECTION, false);
        let reason = explain::chain(&broken).join(": ");
        if app.links.down(T::DIRECTION, reason.clone()) {
            let hint = broken.next_step();
            let direction = T::DIRECTION.as_str();
            tracing::warn!(reason, %hint, direction, "RabbitMQ is away: nothing is lost, and the server goes on trying");
        }
        tokio::select! {
            () = tokio::time::sleep(pauses.next()) => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}

/// One connection, from its beginning to its end.
async fn one<T: Talk>(
    app: &App,
    config: &BrokerConfig,
    talk: &mut T,
    pauses: &mut Pauses,
    stop: &CancellationToken,
) -> Result<(), Broken> {
    let prepared = async {
        let connection = dial(config, T::DIRECTION).await?;
        let declared = async {
            let channel = connection.create_channel().await.map_err(Broken::Lost)?;
            topology::declare(&channel, config).await?;
            Ok(channel)
        };
        // A broker without enough of its replicas keeps a connection, and answers nothing on it.
        let declared = tokio::time::timeout(config.patience, declared).await;
        let channel = declared.unwrap_or_else(|_| Err(silent(config)))?;
        Ok((connection, channel))
    };
    let (connection, channel) = tokio::select! {
        // Dropped half way it leaves a socket that the broker gives up: the server is ending.
        prepared = prepared => prepared?,
        () = stop.cancelled() => return Ok(()),
    };
    app.links.up(T::DIRECTION);
    app.metrics.broker.connected(T::DIRECTION, true);
    tracing::info!(direction = T::DIRECTION.as_str(), "connected to RabbitMQ");
    pauses.reset();
    let ended = talk.talk(&channel, stop).await;
    // A broker that is gone cannot be taken leave of.
    drop(
        tokio::time::timeout(FAREWELL, connection.close(200, "the server stops or begins anew".into())).await,
    );
    ended
}

/// Pauses that double up to the longest, so that a short interruption stays short.
struct Pauses {
    longest: Duration,
    next: Duration,
}

impl Pauses {
    /// The first pause is the longest one divided by this.
    const FIRST: u32 = 16;

    fn new(longest: Duration) -> Self {
        Self { longest, next: longest / Self::FIRST }
    }

    fn reset(&mut self) {
        self.next = self.longest / Self::FIRST;
    }

    fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.longest);
        pause
    }
}

#[cfg(test)]
mod tests {
    use lapin::{Connection, ConnectionProperties};
    use testkit::{FaultProxy, RabbitMq};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_client_has_forgotten_is_not_waited_for_once_the_connection_is_gone() {
        let rabbit = RabbitMq::start().await.unwrap();
        let line = FaultProxy::start(rabbit.address()).unwrap();
        let url = format!("amqp://guest:guest@{}/%2f", line.addr());
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let forgotten = std::future::pending::<Result<(), lapin::Error>>();
        let (ended, ()) = tokio::join!(written(&channel, forgotten), line.cut());
        assert!(matches!(ended, Err(Broken::Ended)), "{ended:?}");
    }

    #[test]
    fn pauses_grow_to_the_longest_and_begin_again() {
        let mut pauses = Pauses::new(Duration::from_secs(5));
        let millis: Vec<u128> = (0..7).map(|_| pauses.next().as_millis()).collect();
        assert_eq!(millis, [312, 625, 1250, 2500, 5000, 5000, 5000]);
        pauses.reset();
        assert_eq!(pauses.next().as_millis(), 312);
    }
}
