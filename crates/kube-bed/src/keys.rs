//! Keys, certificates and kubeconfigs. One certificate authority per bed signs everything, users included, so
//! that a user can be added to a running cluster and is still known after a wipe.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use process::Program;
use serde_json::json;

use crate::BedError;
use crate::progress::run;
use crate::slot::Slot;

/// Who may do everything.
pub(crate) const ADMIN: &str = "admin";

/// Name in the cluster, groups and file of the users every bed has.
const USERS: [(&str, &[&str], &str); 4] = [
    ("kubernetes-admin", &["system:masters"], ADMIN),
    ("system:kube-controller-manager", &[], "controller-manager"),
    ("system:kube-scheduler", &[], "scheduler"),
    ("system:node:localhost", &["system:nodes"], "kubelet"),
];

/// The folder with all keys of one bed.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    folder: PathBuf,
    slot: Slot,
}

impl Keys {
    pub(crate) fn new(folder: PathBuf, slot: Slot) -> Self {
        Self { folder, slot }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Makes everything a cluster needs to start.
    pub(crate) fn create(&self) -> Result<(), BedError> {
        fs::create_dir_all(&self.folder).map_err(BedError::io(&self.folder))?;
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))
            .map_err(BedError::io(&self.folder))?;
        self.certificate(
            "ca",
            "/CN=release-manager-bed",
            "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign",
        )?;
        let names = format!(
            "extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,IP:{},IP:10.96.0.1,DNS:localhost,\
             DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc",
            self.slot.gateway()
        );
        self.certificate("api-server", "/CN=kube-apiserver", &names)?;
        let accounts = self.path("service-accounts.key");
        run(openssl()
            .args(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out"])
            .args([accounts]))?;
        for (user, groups, file) in USERS {
            self.user(user, groups, file)?;
        }
        Ok(())
    }

    /// Makes a user's certificate, and the kubeconfig that holds it.
    pub(crate) fn user(&self, user: &str, groups: &[&str], file: &str) -> Result<PathBuf, BedError> {
        // `/` parts the names in a subject for openssl.
        let escape = |name: &str| name.replace('\\', "\\\\").replace('/', "\\/");
        let groups: String = groups.iter().map(|group| format!("/O={}", escape(group))).collect();
        self.certificate(file, &format!("{groups}/CN={}", escape(user)), "extendedKeyUsage=clientAuth")?;
        let data = |name: &str| {
            let path = self.path(name);
            fs::read(&path).map(|bytes| STANDARD.encode(bytes)).map_err(BedError::io(&path))
        };
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "bed", "cluster": {
                "server": format!("https://127.0.0.1:{}", self.slot.api_server()),
                "certificate-authority-data": data("ca.crt")?,
            }}],
            "users": [{"name": user, "user": {
                "client-certificate-data": data(&format!("{file}.crt"))?,
                "client-key-data": data(&format!("{file}.key"))?,
            }}],
            "contexts": [{"name": "bed", "context": {"cluster": "bed", "user": user}}],
            "current-context": "bed",
        });
        let path = self.kubeconfig(file);
        write_private(&path, format!("{config:#}\n").as_bytes())?;
        Ok(path)
    }

    pub(crate) fn kubeconfig(&self, file: &str) -> PathBuf {
        self.path(&format!("{file}.kubeconfig"))
    }

    /// Makes `FILE.key` and `FILE.crt`, signed by the authority; the authority itself is signed by itself.
    fn certificate(&self, file: &str, subject: &str, extensions: &str) -> Result<(), BedError> {
        let config = self.path(&format!("{file}.cnf"));
        let text = format!(
            "[req]\ndistinguished_name=subject\nx509_extensions=extensions\n[subject]\n[extensions]\n{extensions}\n"
        );
        write_private(&config, text.as_bytes())?;
        let (key, certificate) = (self.path(&format!("{file}.key")), self.path(&format!("{file}.crt")));
        let mut program = openssl()
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"])
            .args(["-days", "3650", "-subj", subject, "-utf8", "-config"])
            .args([&config, Path::new("-keyout"), &key, Path::new("-out"), &certificate]);
        if file != "ca" {
            program = program.args([
                Path::new("-CA"),
                &self.path("ca.crt"),
                Path::new("-CAkey"),
                &self.path("ca.key"),
            ]);
        }
        run(program).map(drop)
    }
}

fn openssl() -> Program {
    Program::new("openssl")
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), BedError> {
    fs::write(path, bytes).map_err(BedError::io(path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(BedError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_signed_by_the_authority_with_name_and_groups() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::new(folder.path().join("keys"), Slot(7));
        keys.create().unwrap();
        let path = keys.user("ci/bot", &["readers", "team a"], "ci-bot").unwrap();
        let config: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(config["clusters"][0]["cluster"]["server"], "https://127.0.0.1:21070");
        assert_eq!(config["users"][0]["name"], "ci/bot");

        let check =
            |args: &[&str]| run(openssl().args(args.iter().copied()).folder(folder.path().join("keys")));
        check(&["verify", "-CAfile", "ca.crt", "-purpose", "sslclient", "ci-bot.crt"]).unwrap();
        check(&[
            "verify",
            "-CAfile",
            "ca.crt",
            "-purpose",
            "sslserver",
            "-verify_ip",
            "127.0.0.1",
            "api-server.crt",
        ])
        .unwrap();
        let subject = check(&["x509", "-in", "ci-bot.crt", "-noout", "-subject"]).unwrap().stdout_text();
        assert_eq!(subject, "subject=O = readers, O = team a, CN = ci/bot");
    }
}
