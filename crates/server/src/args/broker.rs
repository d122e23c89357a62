//! RabbitMQ, beside the durable queue.

use std::path::PathBuf;

use clap::Args;

use super::GoDuration;

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Broker")]
pub(crate) struct BrokerArgs {
    /// `memory`: no broker. `amqp`: RabbitMQ hears of every release, and what others publish there is taken in. Accepted work waits on disk with either
    #[arg(long, default_value = "memory", value_name = "TYPE")]
    pub(crate) broker_type: String,

    /// Taken for compatibility and without effect: accepted work waits on disk, where it needs no limit
    #[arg(long, default_value_t = 5, allow_negative_numbers = true, value_name = "COUNT")]
    pub(crate) memory_queue_size: i64,

    /// Host of RabbitMQ
    #[arg(long, env = "AMQP_HOST", default_value = "localhost", value_name = "HOST")]
    pub(crate) amqp_host: String,

    /// Port of RabbitMQ
    #[arg(long, env = "AMQP_PORT", default_value_t = 5672, value_name = "PORT")]
    pub(crate) amqp_port: u16,

    /// Speak TLS to RabbitMQ, whose certificate has to name its host
    #[arg(long, env = "AMQP_TLS", num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub(crate) amqp_tls: bool,

    /// Certificate authorities to believe for RabbitMQ by TLS; default those of the system
    #[arg(long, env = "AMQP_CA_CERTIFICATE", value_name = "FILE")]
    pub(crate) amqp_ca_certificate: Option<PathBuf>,

    /// User at RabbitMQ; without one, RabbitMQ's own default
    #[arg(long, env = "AMQP_USER", default_value = "", hide_default_value = true, value_name = "NAME")]
    pub(crate) amqp_user: String,

    /// Password at RabbitMQ
    #[arg(
        long,
        env = "AMQP_PASSWORD",
        hide_env_values = true,
        default_value = "",
        hide_default_value = true,
        value_name = "PASSWORD"
    )]
    pub(crate) amqp_password: String,

    /// Virtual host at RabbitMQ
    #[arg(long, env = "AMQP_VIRTUALHOST", default_value = "/", value_name = "NAME")]
    pub(crate) amqp_virtualhost: String,

    /// Topic exchange that messages are published to
    #[arg(long, env = "AMQP_EXCHANGE", default_value = "release-manager", value_name = "NAME")]
    pub(crate) amqp_exchange: String,

    /// Queue that messages are taken from
    #[arg(long, env = "AMQP_QUEUE", default_value = "release-manager", value_name = "NAME")]
    pub(crate) amqp_queue: String,

    /// Messages that RabbitMQ hands out before the first of them is on disk here
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), value_name = "COUNT")]
    pub(crate) amqp_prefetch: u16,

    /// Taken for compatibility and without effect: messages are written to disk in their order, and what they ask for is done by as many workers as there is work
    #[arg(long, default_value_t = 1, allow_negative_numbers = true, value_name = "COUNT")]
    pub(crate) amqp_worker_count: i64,

    /// Longest pause between two tries to connect to RabbitMQ
    #[arg(long, default_value = "5s", value_name = "DURATION")]
    pub(crate) amqp_reconnection_timeouts: GoDuration,

    /// How long one try to connect to RabbitMQ may take
    #[arg(long, default_value = "10s", value_name = "DURATION")]
    pub(crate) amqp_connection_timeouts: GoDuration,

    /// Taken for compatibility and without effect: the server starts without RabbitMQ, and goes on trying
    #[arg(long, default_value = "10s", value_name = "DURATION")]
    pub(crate) amqp_init_timeouts: GoDuration,
}
