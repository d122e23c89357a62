//! RabbitMQ: Debian's server with a node name, ports, cookie and files of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lapin::options::{BasicConsumeOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, ExchangeKind};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_stream::StreamExt;

use crate::port::Port;
use crate::service::{Launch, Service, find, temp_folder, write};
use crate::tls::{USES, certificate};
use crate::{PartError, Recorder};

/// The Debian package.
const PACKAGE: &str = "rabbitmq-server";

/// How long the server may take to start on a busy machine: it needs ten seconds of a processor of its own.
const START: Duration = Duration::from_secs(300);

/// How long one look whether it is there may take. A server takes connections a moment before it answers on them, and
/// may forget those.
const LOOK: Duration = Duration::from_secs(10);

/// The running server, with the user `guest` and the virtual host `/`.
#[derive(Debug)]
pub struct RabbitMq {
    amqp: Port,
    server: Service,
    epmd: Service,
    /// Where it speaks TLS, when it does.
    tls: Option<Port>,
    _ports: [Port; 2],
    folder: TempDir,
}

/// One message that a subscriber received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The routing key it was published with.
    pub routing_key: String,
    /// The `type` property.
    pub kind: String,
    /// The `content_type` property.
    pub content_type: String,
    /// The `message_id` property.
    pub message_id: String,
    /// The `correlation_id` property.
    pub correlation_id: String,
    /// The `timestamp` property, in seconds; 0 when there is none.
    pub timestamp: u64,
    /// The `delivery_mode` property, if there is one.
    pub delivery_mode: Option<u8>,
    /// The names of the headers.
    pub headers: Vec<String>,
    /// The body as text.
    pub body: String,
}

/// Someone else who listens: an exclusive queue on an exchange, read as messages come.
#[derive(Debug)]
pub struct Subscriber {
    messages: Arc<Recorder<Delivered>>,
    _connection: Connection,
    _tasks: JoinSet<()>,
}

impl RabbitMq {
    /// Starts an empty server and waits until it takes AMQP connections.
    ///
    /// # Errors
    /// When it is not installed, or does not start.
    pub async fn start() -> Result<Self, PartError> {
        Self::start_with(None).await
    }

    /// The same, and it speaks TLS at another port, with a certificate for 127.0.0.1 and localhost.
    ///
    /// # Errors
    /// When it is not installed, or does not start.
    pub async fn start_with_tls() -> Result<Self, PartError> {
        Self::start_with(Some(Port::reserve()?)).await
    }

    async fn start_with(tls: Option<Port>) -> Result<Self, PartError> {
        let program = find("rabbitmq-server", PACKAGE).map(|_| "/usr/lib/rabbitmq/bin/rabbitmq-server")?;
        let folder = temp_folder()?;
        let (amqp, distribution, names) = (Port::reserve()?, Port::reserve()?, Port::reserve()?);
        // Erlang's name server would start by itself, as a daemon that outlives everything.
        let mut epmd = Service::start(Launch {
            name: "epmd",
            program: find("epmd", "erlang-base")?,
            args: ["-address", "127.0.0.1", "-port", &port(&names)].map(Into::into).to_vec(),
            env: Vec::new(),
        })?;
        epmd.ready(START, || connects(names.address())).await?;
        let encrypted = tls.as_ref().map(|port| encryption(folder.path(), port)).transpose()?;
        let settings = "log.console.level = warning\nlog.file = false\n".to_owned();
        write(&folder.path().join("rabbitmq.conf"), settings + &encrypted.unwrap_or_default())?;
        write(&folder.path().join("inetrc"), "{lookup, [file]}.\n{host, {127,0,0,1}, [\"localhost\"]}.\n")?;
        let mut server = Service::start(Launch {
            name: "RabbitMQ",
            program: program.into(),
            args: Vec::new(),
            env: environment(folder.path(), &amqp, &distribution, &names),
        })?;
        let url = url(&amqp);
        server.ready(START, || connect(&url)).await?;
        Ok(Self { amqp, server, epmd, tls, _ports: [distribution, names], folder })
    }

    /// Its AMQP URL, with user and password.
    #[must_use]
    pub fn url(&self) -> String {
        url(&self.amqp)
    }

    /// Where it takes AMQP connections; user and password are both `guest`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.amqp.address()
    }

    /// Where it speaks TLS; none when it was started without.
    #[must_use]
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.tls.as_ref().map(Port::address)
    }

    /// The certificate of the authority that signed its own.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The processes it keeps running: the server and Erlang's name server.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        vec![self.server.pid(), self.epmd.pid()]
    }

    /// Listens to everything on a durable topic exchange, which is declared when it is missing.
    ///
    /// # Errors
    /// When the server refuses, for example because the exchange exists in another form.
    pub async fn subscribe(&self, exchange: &str) -> Result<Subscriber, PartError> {
        subscribe(&self.url(), exchange)
            .await
            .map_err(|error| PartError::Answer { part: "RabbitMQ", answer: format!("a subscriber: {error}") })
    }
}

impl Subscriber {
    /// Everything received so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Delivered> {
        self.messages.all()
    }

    /// The first message that `wanted` accepts, there already or still to come.
    ///
    /// # Errors
    /// When none came in time; the error shows what came instead.
    pub async fn wait_for(
        &self,
        what: &str,
        deadline: Duration,
        wanted: impl Fn(&Delivered) -> bool,
    ) -> Result<Delivered, PartError> {
        self.messages.wait_for(what, deadline, wanted).await
    }
}

/// Makes certificates; the settings that use them.
fn encryption(folder: &Path, tls: &Port) -> Result<String, PartError> {
    write(&folder.join("uses"), USES)?;
    certificate(folder, "authority", None)?;
    certificate(folder, "door", Some("authority"))?;
    let inside = |name: &str| folder.join(name).display().to_string();
    Ok(format!(
        "listeners.ssl.1 = {}\nssl_options.certfile = {}\nssl_options.keyfile = {}\n\
         ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n",
        tls.address(),
        inside("door.pem"),
        inside("door.key"),
    ))
}

fn port(port: &Port) -> String {
    port.address().port().to_string()
}

fn url(amqp: &Port) -> String {
    format!("amqp://guest:guest@{}/%2f", amqp.address())
}

fn environment(folder: &Path, amqp: &Port, distribution: &Port, names: &Port) -> Vec<(String, String)> {
    let inside = |name: &str| folder.join(name).display().to_string();
    [
        ("RABBITMQ_NODENAME", format!("testkit-{}@localhost", port(amqp))),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".into()),
        ("RABBITMQ_NODE_PORT", port(amqp)),
        ("RABBITMQ_DIST_PORT", port(distribution)),
        ("ERL_EPMD_PORT", port(names)),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("RABBITMQ_CONF_ENV_FILE", inside("none")),
        ("RABBITMQ_CONFIG_FILE", inside("rabbitmq.conf")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", inside("plugins")),
        ("RABBITMQ_MNESIA_BASE", inside("mnesia")),
        ("RABBITMQ_LOG_BASE", inside("log")),
        ("RABBITMQ_SCHEMA_DIR", inside("schema")),
        ("RABBITMQ_GENERATED_CONFIG_DIR", inside("generated")),
        // Names come from this file alone: no helper process that looks them up.
        ("ERL_INETRC", inside("inetrc")),
        ("RABBITMQ_LOGS", "-".into()),
        // Without this a shell stays between us and the server, and would be killed in its place.
        ("RABBITMQ_ALLOW_INPUT", "1".into()),
        ("RABBITMQ_SERVER_START_ARGS", "-noinput".into()),
        // One scheduler that does not spin while idle: tests share the machine.
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 +sbwt none".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

async fn connects(address: SocketAddr) -> Result<(), String> {
    TcpStream::connect(address).await.map(drop).map_err(|error| error.to_string())
}

async fn connect(url: &str) -> Result<(), String> {
    let look = async {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        connection.close(200, "ready".into()).await
    };
    match tokio::time::timeout(LOOK, look).await {
        Ok(answered) => answered.map_err(|error| error.to_string()),
        Err(_) => Err("it takes connections and does not answer".to_owned()),
    }
}

fn names(headers: Option<&FieldTable>) -> Vec<String> {
    headers.map(|headers| headers.inner().keys().map(ToString::to_string).collect()).unwrap_or_default()
}

async fn subscribe(url: &str, exchange: &str) -> Result<Subscriber, lapin::Error> {
    let connection = Connection::connect(url, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    let (none, durable) =
        (FieldTable::default, ExchangeDeclareOptions { durable: true, ..Default::default() });
    channel.exchange_declare(exchange.into(), ExchangeKind::Topic, durable, none()).await?;
    let exclusive = QueueDeclareOptions { exclusive: true, ..Default::default() };
    let queue = channel.queue_declare("".into(), exclusive, none()).await?.name().clone();
    let bind = QueueBindOptions::default();
    channel.queue_bind(queue.clone(), exchange.into(), "#".into(), bind, none()).await?;
    let consume = BasicConsumeOptions { no_ack: true, ..Default::default() };
    let mut consumer = channel.basic_consume(queue, "".into(), consume, none()).await?;
    let messages = Arc::new(Recorder::default());
    let record = Arc::clone(&messages);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        // An error means that the connection is gone; what was received stays.
        while let Some(Ok(delivery)) = consumer.next().await {
            let text = |value: Option<&lapin::types::ShortString>| {
                value.map(|value| value.as_str().to_owned()).unwrap_or_default()
            };
            let properties = &delivery.properties;
            record.record(Delivered {
                routing_key: delivery.routing_key.as_str().into(),
                kind: text(properties.kind().as_ref()),
                content_type: text(properties.content_type().as_ref()),
                message_id: text(properties.message_id().as_ref()),
                correlation_id: text(properties.correlation_id().as_ref()),
                timestamp: properties.timestamp().unwrap_or_default(),
                delivery_mode: *properties.delivery_mode(),
                headers: names(properties.headers().as_ref()),
                body: String::from_utf8_lossy(&delivery.data).into_owned(),
            });
        }
    });
    Ok(Subscriber { messages, _connection: connection, _tasks: tasks })
}
