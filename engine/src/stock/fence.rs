//! Ring-fences: units of a (seller, sku, node) kept for a set of channels.

use crate::world::{ChannelIx, NodeIx, SellerIx, SkuIx};

/// A ring-fence.
#[derive(Clone, Debug, PartialEq)]
pub struct Fence {
    /// What.
    pub sku: SkuIx,
    /// Owner.
    pub seller: SellerIx,
    /// Where.
    pub node: NodeIx,
    /// For whom, rising.
    pub channels: Vec<ChannelIx>,
    /// Units still kept.
    pub left: u32,
}

impl Fence {
    /// Whether it is kept for this channel.
    pub fn admits(&self, channel: ChannelIx) -> bool {
        self.channels.binary_search(&channel).is_ok()
    }
}

/// Takes units a channel used out of the fences that admit it, the narrowest fence first.
pub(super) fn use_up(fences: &mut [Fence], key: (SkuIx, SellerIx, NodeIx), channel: ChannelIx, qty: u32) {
    let of = |fence: &Fence| (fence.sku, fence.seller, fence.node);
    let start = fences.partition_point(|fence| of(fence) < key);
    let mut left = qty;
    // Fences of one key stand by how many channels they admit, so narrow ones are used up first.
    for fence in fences[start..].iter_mut().take_while(|fence| of(fence) == key) {
        if fence.admits(channel) {
            let used = left.min(fence.left);
            fence.left -= used;
            left -= used;
        }
    }
}
