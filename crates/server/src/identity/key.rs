//! One public key of the identity provider.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;

/// A key as a JWKS lists it; members of other kinds of keys are empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Jwk {
    kty: String,
    pub(crate) kid: String,
    alg: String,
    #[serde(rename = "use")]
    usage: String,
    crv: String,
    n: String,
    e: String,
    x: String,
    y: String,
}

/// A key that can verify. The algorithm belongs to the key: a token cannot choose another.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    algorithm: &'static str,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { parameters: &'static RsaParameters, modulus: Vec<u8>, exponent: Vec<u8> },
    Point { verification: &'static dyn VerificationAlgorithm, bytes: Vec<u8> },
}

impl Key {
    /// The key, if it is for signatures, of a kind we verify, and whole.
    pub(crate) fn from_jwk(jwk: &Jwk) -> Option<Self> {
        if !matches!(jwk.usage.as_str(), "" | "sig") {
            return None;
        }
        let (algorithm, material) = match (jwk.kty.as_str(), jwk.crv.as_str()) {
            ("RSA", _) => {
                let (algorithm, parameters) = match jwk.alg.as_str() {
                    "" | "RS256" => ("RS256", &RSA_PKCS1_2048_8192_SHA256),
                    "RS384" => ("RS384", &RSA_PKCS1_2048_8192_SHA384),
                    "RS512" => ("RS512", &RSA_PKCS1_2048_8192_SHA512),
                    _ => return None,
                };
                let (modulus, exponent) = (decode(&jwk.n)?, decode(&jwk.e)?);
                (algorithm, Material::Rsa { parameters, modulus, exponent })
            }
            ("EC", "P-256") => ("ES256", point(&ECDSA_P256_SHA256_FIXED, jwk, 32)?),
            ("EC", "P-384") => ("ES384", point(&ECDSA_P384_SHA384_FIXED, jwk, 48)?),
            ("OKP", "Ed25519") => {
                ("EdDSA", Material::Point { verification: &ED25519, bytes: decode(&jwk.x)? })
            }
            _ => return None,
        };
        let agrees = jwk.alg.is_empty() || jwk.alg == algorithm;
        agrees.then_some(Self { algorithm, material })
    }

    /// The name of the algorithm, as a token has to state it.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { parameters, modulus, exponent } => {
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(parameters, message, signature)
                    .is_ok()
            }
            Material::Point { verification, bytes } => {
                UnparsedPublicKey::new(*verification, bytes).verify(message, signature).is_ok()
            }
        }
    }
}

/// An uncompressed point of a curve whose coordinates have `size` bytes.
fn point(verification: &'static dyn VerificationAlgorithm, jwk: &Jwk, size: usize) -> Option<Material> {
    let (x, y) = (decode(&jwk.x)?, decode(&jwk.y)?);
    (x.len() == size && y.len() == size)
        .then(|| Material::Point { verification, bytes: [&[4], x.as_slice(), &y].concat() })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}
