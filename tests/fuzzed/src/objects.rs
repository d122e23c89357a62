//! What a cluster says.

/// An object of Kubernetes: health, rollout and failures of any JSON are found or not there.
///
/// # Panics
/// Never: that is what is tried.
pub fn kube_object(bytes: &[u8]) {
    let Ok(object) = serde_json::from_slice(bytes) else { return };
    drop(kube_status::health(&object));
    let _copied = kube_status::rollout(&object);
    drop(kube_status::pod_failures(&object));
    drop(kube_status::pod_owner(&object));
}
