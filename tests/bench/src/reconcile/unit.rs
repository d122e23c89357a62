//! What a unit consists of: four objects, as a service of a bank has them.

use anyhow::Result;
use kube::api::DynamicObject;

/// The namespace, which is also the environment.
pub(crate) const NAMESPACE: &str = "dev";

/// Objects of a unit.
pub(crate) const OBJECTS: usize = 4;

/// The name of a unit, and of each of its objects.
pub(crate) fn name(number: usize) -> String {
    format!("service-{number:04}")
}

/// Path and content of the file of one object; `release` is all that changes from one release to the next.
pub(crate) fn file(number: usize, object: Object, release: usize) -> (String, String) {
    let name = name(number);
    let path = format!("{NAMESPACE}/releases/{NAMESPACE}/{name}/{}.yaml", object.file());
    let head = format!(
        "apiVersion: {}\nkind: {}\nmetadata:\n  name: {name}\n  namespace: {NAMESPACE}\n  labels:\n    app: {name}\n",
        object.version(),
        object.kind(),
    );
    (path, head + &object.body(&name, release))
}

/// All files of a unit.
pub(crate) fn files(number: usize, release: usize) -> impl Iterator<Item = (String, String)> {
    Object::ALL.into_iter().map(move |object| file(number, object, release))
}

/// The same objects, ready to be sent: workloads last, so that they have what they need, and the cluster's own work
/// for them does not slow down the rest.
pub(crate) fn objects(units: usize) -> Result<Vec<DynamicObject>> {
    let files =
        Object::ALL.into_iter().flat_map(|object| (0..units).map(move |number| file(number, object, 0)));
    files.map(|(_, content)| Ok(serde_saphyr::from_str(&content)?)).collect()
}

/// One object of each unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    ServiceAccount,
    ConfigMap,
    Service,
    Deployment,
}

impl Object {
    pub(crate) const ALL: [Self; OBJECTS] =
        [Self::ServiceAccount, Self::ConfigMap, Self::Service, Self::Deployment];

    fn file(self) -> &'static str {
        match self {
            Self::ServiceAccount => "10-account",
            Self::ConfigMap => "20-config",
            Self::Service => "30-service",
            Self::Deployment => "40-deployment",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::ServiceAccount | Self::ConfigMap | Self::Service => "v1",
            Self::Deployment => "apps/v1",
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::ServiceAccount => "ServiceAccount",
            Self::ConfigMap => "ConfigMap",
            Self::Service => "Service",
            Self::Deployment => "Deployment",
        }
    }

    fn body(self, name: &str, release: usize) -> String {
        match self {
            Self::ServiceAccount => "automountServiceAccountToken: false\n".to_owned(),
            Self::ConfigMap => format!("data:\n  RELEASE: \"{release}\"\n  LOG_LEVEL: info\n"),
            Self::Service => {
                format!("spec:\n  selector:\n    app: {name}\n  ports:\n    - name: http\n      port: 8080\n")
            }
            Self::Deployment => deployment(name),
        }
    }
}

fn deployment(name: &str) -> String {
    let simulated = kube_bed::SIMULATED;
    format!(
        "spec:
  replicas: 1
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
    spec:
      serviceAccountName: {name}
      nodeSelector:
        {simulated}: \"true\"
      tolerations:
        - key: {simulated}
          operator: Exists
      containers:
        - name: {name}
          image: example.test/{name}:v1
          ports:
            - name: http
              containerPort: 8080
          envFrom:
            - configMapRef:
                name: {name}
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
"
    )
}
