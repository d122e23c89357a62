//! Ids that are the same whenever the same thing is told, so that who hears it twice can know.

use ring::digest::{Context, SHA256};
use uuid::{Builder, Uuid};

/// The id of what these parts name together.
pub(crate) fn id_of(parts: &[&[u8]]) -> Uuid {
    let mut context = Context::new(&SHA256);
    for part in parts {
        // With its length, so that no two lists of parts are the same bytes.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&context.finish().as_ref()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_has_the_same_id_and_nothing_else() {
        assert_eq!(id_of(&[b"released", b"1"]), id_of(&[b"released", b"1"]));
        let ids: std::collections::BTreeSet<Uuid> =
            [vec![&b"ab"[..], b"c"], vec![b"a", b"bc"], vec![b"abc"], vec![b"abc", b""]]
                .iter()
                .map(|parts| id_of(parts))
                .collect();
        assert_eq!(ids.len(), 4);
        assert_eq!(id_of(&[]).get_version_num(), 8);
    }
}
