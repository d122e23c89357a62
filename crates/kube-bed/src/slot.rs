//! The number of a bed among those of one machine. It decides what two beds must not share.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use crate::BedError;

const N_SLOTS: u8 = 100;
/// Below the ports the kernel gives to outgoing connections, so that a bed finds its own again after a wipe.
const FIRST_PORT: u16 = 21000;
const PORTS_EACH: u16 = 10;

/// Ports and addresses of one bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) u8);

impl Slot {
    fn port(self, nth: u16) -> u16 {
        FIRST_PORT + PORTS_EACH * u16::from(self.0) + nth
    }

    pub(crate) fn api_server(self) -> u16 {
        self.port(0)
    }

    pub(crate) fn etcd(self) -> u16 {
        self.port(1)
    }

    pub(crate) fn etcd_peer(self) -> u16 {
        self.port(2)
    }

    pub(crate) fn kubelet(self) -> u16 {
        self.port(3)
    }

    /// The network of its pods, a /24.
    pub(crate) fn subnet(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 213, self.0, 0)
    }

    /// The machine's own address in that network.
    pub(crate) fn gateway(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 213, self.0, 1)
    }

    fn is_free(self, routes: &[(u32, u32)]) -> bool {
        let ports = [self.api_server(), self.etcd(), self.etcd_peer(), self.kubelet()];
        ports.iter().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
            && !routes.iter().any(|route| covers(*route, self.subnet()))
    }
}

/// The first slot that no bed has and no other program is in the way of.
pub(crate) fn choose(taken: &[Slot]) -> Result<Slot, BedError> {
    let routes = routes(&fs::read_to_string("/proc/net/route").unwrap_or_default());
    (0..N_SLOTS).map(Slot).find(|slot| !taken.contains(slot) && slot.is_free(&routes)).ok_or(BedError::NoSlot)
}

/// Network and mask of each route but the default one, from the kernel's table.
fn routes(table: &str) -> Vec<(u32, u32)> {
    let number = |hex: &str| u32::from_str_radix(hex, 16).ok().map(u32::swap_bytes);
    let row = |line: &str| {
        let mut columns = line.split_whitespace();
        let (network, mask) = (columns.nth(1)?, columns.nth(5)?);
        Some((number(network)?, number(mask)?))
    };
    table.lines().skip(1).filter_map(row).filter(|(_, mask)| *mask != 0).collect()
}

/// Whether traffic for a /24 would take this route, wholly or in part.
fn covers((network, mask): (u32, u32), subnet: Ipv4Addr) -> bool {
    let shorter = mask & 0xffff_ff00;
    network & shorter == subnet.to_bits() & shorter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_someone_routes_is_not_free() {
        let table = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
                     eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
                     br0\t0003D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
        let routes = routes(table);
        assert_eq!(routes, [(Ipv4Addr::new(10, 213, 3, 0).to_bits(), 0xffff_ff00)]);
        assert!(covers(routes[0], Slot(3).subnet()));
        assert!(!covers(routes[0], Slot(4).subnet()));
        assert!(covers((Ipv4Addr::new(10, 0, 0, 0).to_bits(), 0xff00_0000), Slot(4).subnet()));
    }

    #[test]
    fn a_taken_port_moves_on_to_the_next_slot() {
        let first = choose(&[]).unwrap();
        let _busy = TcpListener::bind((Ipv4Addr::LOCALHOST, first.etcd())).unwrap();
        assert_ne!(choose(&[]).unwrap(), first);
        assert_ne!(choose(&[first]).unwrap(), first);
    }
}
