//! Keys that sort as they are asked for: names first, then the place in landing order.

/// Where a release arrived: its commit's place on the branch's line, and below that its place in a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) below: u32,
}

impl Place {
    const LENGTH: usize = 12;

    pub(crate) fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..8].copy_from_slice(&self.line.to_be_bytes());
        bytes[8..].copy_from_slice(&self.below.to_be_bytes());
        bytes
    }
}

/// Environment and service, which are compared without case (spec, section 5.6).
pub(crate) fn service(environment: &str, service: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(environment.len() + service.len() + 2);
    for name in [environment, service] {
        key.extend(name.to_lowercase().bytes().filter(|byte| *byte != 0));
        key.push(0);
    }
    key
}

/// An artifact's id.
pub(crate) fn artifact(id: &str) -> Vec<u8> {
    let mut key: Vec<u8> = id.bytes().filter(|byte| *byte != 0).collect();
    key.push(0);
    key
}

/// A name with a place below it.
pub(crate) fn at(mut name: Vec<u8>, place: Place) -> Vec<u8> {
    name.extend_from_slice(&place.to_bytes());
    name
}

/// The environment and service of a key that starts with them.
pub(crate) fn names(key: &[u8]) -> Option<(String, String)> {
    let mut parts = key.split(|byte| *byte == 0);
    let mut name = || parts.next().map(|part| String::from_utf8_lossy(part).into_owned());
    Some((name()?, name()?))
}

/// The first key after all that start with this prefix, which ends in a zero byte.
pub(crate) fn end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    if let Some(last) = end.last_mut() {
        *last = 1;
    }
    end
}
