//! Where RabbitMQ is, and what is whose there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;

use crate::args::BrokerArgs;

/// Names at RabbitMQ have one byte for their length.
const LONGEST_NAME: usize = 255;

/// The shortest longest pause between two tries: less would only load a broker that is coming up.
const LEAST_PAUSE: Duration = Duration::from_millis(100);

/// RabbitMQ as it is to be used.
#[derive(Clone, Debug)]
pub(crate) struct BrokerConfig {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
    /// Who may sign its certificate; the system's authorities without any.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
    pub(crate) user: String,
    pub(crate) password: SecretString,
    pub(crate) virtual_host: String,
    pub(crate) exchange: String,
    pub(crate) queue: String,
    pub(crate) prefetch: u16,
    /// Longest pause between two tries to connect.
    pub(crate) pause: Duration,
    /// How long one try may take.
    pub(crate) patience: Duration,
}

/// Flags that name no broker.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokerProblem {
    #[error("--broker-type `{0}` is not supported; use memory or amqp")]
    Type(String),
    #[error("{flag} is required with --broker-type amqp")]
    Missing { flag: &'static str },
    #[error("{flag} is longer than {LONGEST_NAME} bytes")]
    TooLong { flag: &'static str },
    #[error("{flag} must be longer than 0s")]
    NoTime { flag: &'static str },
    #[error("--amqp-ca-certificate {}: {problem}", path.display())]
    Authorities { path: PathBuf, problem: String },
    #[error("--amqp-ca-certificate is of no use without --amqp-tls")]
    NoTls,
}

/// The broker that the flags ask for, if they do.
pub(super) fn parse(args: &BrokerArgs) -> Result<Option<BrokerConfig>, BrokerProblem> {
    match args.broker_type.trim() {
        "memory" => return Ok(None),
        "amqp" => {}
        other => return Err(BrokerProblem::Type(other.to_owned())),
    }
    let patience = args.amqp_connection_timeouts.0;
    if patience.is_zero() {
        return Err(BrokerProblem::NoTime { flag: "--amqp-connection-timeouts" });
    }
    // Without a user, the one that every RabbitMQ starts with, as other clients have it.
    let user = args.amqp_user.trim();
    let (user, password) =
        if user.is_empty() { ("guest", "guest") } else { (user, args.amqp_password.as_str()) };
    Ok(Some(BrokerConfig {
        host: name("--amqp-host", &args.amqp_host)?,
        port: args.amqp_port,
        tls: args.amqp_tls,
        authorities: authorities(args)?,
        user: user.to_owned(),
        password: password.to_owned().into(),
        virtual_host: name("--amqp-virtualhost", &args.amqp_virtualhost)?,
        exchange: name("--amqp-exchange", &args.amqp_exchange)?,
        queue: name("--amqp-queue", &args.amqp_queue)?,
        prefetch: args.amqp_prefetch,
        pause: args.amqp_reconnection_timeouts.0.max(LEAST_PAUSE),
        patience,
    }))
}

fn authorities(args: &BrokerArgs) -> Result<Vec<CertificateDer<'static>>, BrokerProblem> {
    let Some(path) = &args.amqp_ca_certificate else { return Ok(Vec::new()) };
    if !args.amqp_tls {
        return Err(BrokerProblem::NoTls);
    }
    read_authorities(path).map_err(|problem| BrokerProblem::Authorities { path: path.clone(), problem })
}

fn read_authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(authorities) if authorities.is_empty() => Err("it holds no certificate in PEM format".to_owned()),
        Ok(authorities) => Ok(authorities),
        Err(error) => Err(error.to_string()),
    }
}

fn name(flag: &'static str, value: &str) -> Result<String, BrokerProblem> {
    let value = value.trim();
    match value.len() {
        0 => Err(BrokerProblem::Missing { flag }),
        1..=LONGEST_NAME => Ok(value.to_owned()),
        _ => Err(BrokerProblem::TooLong { flag }),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use secrecy::ExposeSecret;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        broker: BrokerArgs,
    }

    fn flags(flags: &[&str]) -> BrokerArgs {
        Flags::try_parse_from([&["server"], flags].concat()).unwrap().broker
    }

    #[test]
    fn the_original_s_flags_are_understood() {
        assert!(parse(&flags(&["--memory-queue-size=-1"])).unwrap().is_none());
        let config = parse(&flags(&["--broker-type=amqp", "--amqp-worker-count", "4"])).unwrap().unwrap();
        assert_eq!(
            (config.host.as_str(), config.port, config.virtual_host.as_str()),
            ("localhost", 5672, "/")
        );
        assert_eq!((config.exchange.as_str(), config.queue.as_str()), ("release-manager", "release-manager"));
        assert_eq!((config.pause.as_secs(), config.patience.as_secs(), config.prefetch), (5, 10, 1));
        assert_eq!((config.user.as_str(), config.password.expose_secret()), ("guest", "guest"));
        let escaped = [
            "--broker-type=amqp",
            "--amqp-user=a@b",
            "--amqp-password=p:/%@",
            "--amqp-reconnection-timeouts=0s",
        ];
        let config = parse(&flags(&escaped)).unwrap().unwrap();
        assert_eq!((config.user.as_str(), config.password.expose_secret()), ("a@b", "p:/%@"));
        assert_eq!(config.pause, LEAST_PAUSE);
        assert!(!format!("{config:?}").contains("p:/%@"));
    }

    #[test]
    fn authorities_are_read_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let given = format!("--amqp-ca-certificate={}", file.display());
        let problem = |more: &[&str]| {
            parse(&flags(&[&["--broker-type=amqp", given.as_str()], more].concat())).unwrap_err().to_string()
        };
        assert_eq!(problem(&[]), "--amqp-ca-certificate is of no use without --amqp-tls");
        assert!(problem(&["--amqp-tls"]).contains("ca.pem: No such file"));
        std::fs::write(&file, "garbage").unwrap();
        assert!(problem(&["--amqp-tls"]).ends_with("ca.pem: it holds no certificate in PEM format"));
    }

    #[test]
    fn flags_that_name_no_broker_are_named() {
        let long = format!("--amqp-queue={}", "q".repeat(256));
        for (wrong, message) in [
            (vec!["--broker-type=kafka"], "--broker-type `kafka` is not supported; use memory or amqp"),
            (vec!["--broker-type=amqp", "--amqp-host="], "--amqp-host is required with --broker-type amqp"),
            (vec!["--broker-type=amqp", &long], "--amqp-queue is longer than 255 bytes"),
            (
                vec!["--broker-type=amqp", "--amqp-connection-timeouts=0s"],
                "--amqp-connection-timeouts must be longer than 0s",
            ),
        ] {
            assert_eq!(parse(&flags(&wrong)).unwrap_err().to_string(), message);
        }
        assert!(Flags::try_parse_from(["server", "--amqp-prefetch=0"]).is_err());
    }
}
