//! How to reach the cluster.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use explain::{Explain, Kind};
use kube::config::{InClusterError, KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};

/// The client's libraries, for the log: what they have to say of a broken watch, a program says once and in words.
pub const CLIENT_LIBRARIES: &[&str] = &["kube_client", "kube_runtime"];

/// Why it is not known how to reach the cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The kubeconfig does not say.
    #[error("cannot use the kubeconfig {}", path.display())]
    Kubeconfig {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: KubeconfigError,
    },
    /// We are not in a cluster.
    #[error("no kubeconfig is given, and this is no pod with a service account")]
    NotInCluster {
        /// Why.
        #[source]
        source: InClusterError,
    },
    /// The credentials or certificates in it do not work.
    #[error("cannot use the credentials for the cluster at {address}")]
    Credentials {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: kube::Error,
    },
}

impl Explain for ClusterError {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Kubeconfig { .. } => "check the file given with --kubeconfig".into(),
            Self::NotInCluster { .. } => "give --kubeconfig, or run with a service account".into(),
            Self::Credentials { .. } => "check the user of the current context in the kubeconfig".into(),
        }
    }
}

/// A cluster, and where it is.
#[derive(Clone)]
pub struct Cluster {
    /// Reaches it.
    pub client: Client,
    /// Where it is, for messages.
    pub address: String,
}

/// Who tries again when the API server does not answer, or asks for a slower pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retries {
    /// The client, unseen.
    ByClient,
    /// Whoever asks: it keeps its own pace, and has to see when the server asks for a slower one.
    ByCaller,
}

/// The cluster in a kubeconfig, or the one we run in. It need not answer yet.
///
/// # Errors
/// When it is not known how to reach it.
pub async fn cluster(kubeconfig: Option<&Path>, retries: Retries) -> Result<Cluster, ClusterError> {
    // An error says that the process has a provider already, which serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let mut config = match kubeconfig.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => {
            let failed = |source| ClusterError::Kubeconfig { path: path.into(), source };
            let kubeconfig = Kubeconfig::read_from(path).map_err(failed)?;
            let options = KubeConfigOptions::default();
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(failed)?
        }
        None => Config::incluster().map_err(|source| ClusterError::NotInCluster { source })?,
    };
    config.default_retry = retries == Retries::ByClient;
    let address = config.cluster_url.to_string();
    match Client::try_from(config) {
        Ok(client) => Ok(Cluster { client, address }),
        Err(source) => Err(ClusterError::Credentials { address, source }),
    }
}
