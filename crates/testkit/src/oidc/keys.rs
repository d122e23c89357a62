//! Keys that sign tokens, and their public halves as JWKS.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use crate::PartError;
use crate::tool::run;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS#1, SHA-256: what most providers use.
    Rs256,
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in headers and keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key pair with its id.
#[derive(Debug)]
pub(super) struct SigningKey {
    pub(super) kid: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    /// Makes a key; RSA ones by `openssl`, since ring makes none.
    pub(super) fn generate(algorithm: Algorithm, kid: &str, folder: &Path) -> Result<Self, PartError> {
        let broken =
            |error: String| PartError::Answer { part: "key generation", answer: format!("`{error}`") };
        let random = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Rs256 => {
                let args = ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
                let pem = run(folder, "openssl", &args)?.stdout_text();
                let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
                let der = STANDARD.decode(base64).map_err(|error| broken(error.to_string()))?;
                Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(&der).map_err(|error| broken(error.to_string()))?))
            }
            Algorithm::Es256 => {
                let form = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let der =
                    EcdsaKeyPair::generate_pkcs8(form, &random).map_err(|error| broken(error.to_string()))?;
                Pair::Ec(
                    EcdsaKeyPair::from_pkcs8(form, der.as_ref(), &random)
                        .map_err(|error| broken(error.to_string()))?,
                )
            }
            Algorithm::EdDsa => {
                let der =
                    Ed25519KeyPair::generate_pkcs8(&random).map_err(|error| broken(error.to_string()))?;
                Pair::Ed(Ed25519KeyPair::from_pkcs8(der.as_ref()).map_err(|error| broken(error.to_string()))?)
            }
        };
        Ok(Self { kid: kid.into(), pair })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Rsa(_) => Algorithm::Rs256,
            Pair::Ec(_) => Algorithm::Es256,
            Pair::Ed(_) => Algorithm::EdDsa,
        }
    }

    /// The public key as the library holds it.
    pub(super) fn public(&self) -> &[u8] {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(pair) => pair.public_key().as_ref(),
            Pair::Ed(pair) => pair.public_key().as_ref(),
        }
    }

    /// The signature in the form tokens carry.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .expect("the buffer has the length of the modulus");
                signature
            }
            Pair::Ec(pair) => {
                pair.sign(&random, message).expect("the system gives random numbers").as_ref().to_vec()
            }
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The public key as an entry of a key set.
    pub(super) fn jwk(&self) -> Value {
        let mut jwk = json!({"kid": self.kid, "use": "sig", "alg": self.algorithm().as_str()});
        let parts: Vec<(&str, String)> = match &self.pair {
            Pair::Rsa(pair) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                vec![("kty", "RSA".into()), ("n", base64url(&n)), ("e", base64url(&e))]
            }
            Pair::Ec(pair) => {
                // An uncompressed point: one byte that says so, then both coordinates.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let curve = ("crv", "P-256".into());
                vec![("kty", "EC".into()), curve, ("x", base64url(x)), ("y", base64url(y))]
            }
            Pair::Ed(pair) => {
                let x = base64url(pair.public_key().as_ref());
                vec![("kty", "OKP".into()), ("crv", "Ed25519".into()), ("x", x)]
            }
        };
        for (name, value) in parts {
            jwk[name] = value.into();
        }
        jwk
    }
}

/// Base64 as tokens write it.
pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
