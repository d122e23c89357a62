//! What traffic goes through.

use serde_json::Value;

use super::Health;
use crate::read::{items, text};

pub(crate) fn service(object: &Value) -> Health {
    let balanced = text(object, "/spec/type") == "LoadBalancer";
    if balanced && items(object, "/status/loadBalancer/ingress").is_empty() {
        return Health::in_progress("the load balancer has no address yet");
    }
    Health::Current
}
