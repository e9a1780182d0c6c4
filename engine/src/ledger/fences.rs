//! Ring-fences: units of a (seller, sku, node) kept for some channels.
//!
//! What a channel holds of a key that is fenced for it comes out of its fences first, the narrowest fence first. A
//! fence counts what is held out of it as a cell does, so that expiry gives it back by itself. A hold draws on fences
//! anew whenever its lines change.

use super::balance::Balance;
use super::before::Before;
use super::number::*;
use crate::stock::Fence;
use crate::units::Index;
use crate::world::{ChannelIx, NodeIx, SellerIx, SkuIx};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// What is fenced: (sku, seller, node).
pub(super) type FenceKey = (SkuNo, SellerNo, NodeNo);

/// Units a hold draws from fences.
pub(super) type Draws = SmallVec<[(FenceNo, u32); 2]>;

/// A fence and what is held out of it.
#[derive(Clone, Debug)]
pub(super) struct Fenced {
    /// What, where, whose and for whom, under the book's numbers; `left` is not kept up.
    pub terms: Fence,
    pub balance: Balance,
}

/// Fences of a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Fences {
    pub all: Vec<Fenced>,
    by_key: BTreeMap<FenceKey, Vec<FenceNo>>,
    draws: HashMap<HoldId, Draws, FixedState>,
    balances_before: Before<FenceNo, Balance>,
    draws_before: Before<HoldId, Option<Draws>>,
}

impl Fences {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Fences of a key, the narrowest first.
    pub fn of(&self, key: FenceKey) -> &[FenceNo] {
        self.by_key.get(&key).map_or(&[], |fences| fences)
    }

    /// The fence of a key for exactly these channels.
    pub fn find(&self, key: FenceKey, channels: &[ChannelNo]) -> Option<FenceNo> {
        let wanted = channels.iter().map(|channel| ChannelIx(channel.0));
        let same = |fence: &&FenceNo| self.all[fence.row()].terms.channels.iter().copied().eq(wanted.clone());
        self.of(key).iter().find(same).copied()
    }

    /// Sets how many units a fence keeps, a new one if there is none for these channels.
    pub fn set(&mut self, key: FenceKey, channels: &[ChannelNo], qty: u32) {
        let fence = self.find(key, channels).unwrap_or_else(|| {
            let (sku, seller, node) = key;
            let terms = Fence {
                sku: SkuIx(sku.0),
                seller: SellerIx(seller.0),
                node: NodeIx(node.0),
                channels: channels.iter().map(|channel| ChannelIx(channel.0)).collect(),
                left: 0,
            };
            let fence = FenceNo::of(self.all.len());
            self.all.push(Fenced { terms, balance: Balance::default() });
            let all = &self.all;
            let fences = self.by_key.entry(key).or_default();
            fences.push(fence);
            // Fences as wide as another stand by their channels.
            let width = |fence: &FenceNo| {
                let channels = &all[fence.row()].terms.channels;
                (channels.len(), channels.clone())
            };
            fences.sort_by_key(width);
            fence
        });
        self.all[fence.row()].balance.on_hand = qty;
    }

    /// Units of a key kept for channels other than this one.
    pub fn for_others(&self, key: FenceKey, channel: ChannelNo, at: Second) -> u64 {
        let others = self.of(key).iter().map(|fence| &self.all[fence.row()]);
        let others =
            others.filter(|fence| fence.terms.admits(ChannelIx(channel.0)) == planted!(FenceInverted));
        others.map(|fence| u64::from(fence.balance.free(at))).sum()
    }

    /// Units each fence keeps.
    pub fn left(&self, at: Second) -> Vec<(FenceKey, Vec<ChannelNo>, u32)> {
        let left = self.all.iter().map(|fence| {
            let channels = fence.terms.channels.iter().map(|channel| ChannelNo(channel.0));
            (key_of(&fence.terms), channels.collect(), fence.balance.free(at))
        });
        left.collect()
    }

    /// What a hold draws.
    pub fn drawn(&self, hold: HoldId) -> &[(FenceNo, u32)] {
        self.draws.get(&hold).map_or(&[], |draws| draws)
    }

    /// Gives back what a hold draws, until it draws again; what was sold leaves the fences it came out of. Returns what
    /// it drew.
    pub fn give_back(
        &mut self,
        hold: HoldId,
        until: Second,
        at: Second,
        sold: &[(FenceKey, u32)],
    ) -> Result<Draws, &'static str> {
        let Some(draws) = self.draws.remove(&hold) else { return Ok(Draws::new()) };
        self.draws_before.note(hold, || Some(draws.clone()));
        let mut sold = SmallVec::<[(FenceKey, u32); 4]>::from_slice(sold);
        for &(fence, qty) in &draws {
            let fence = self.changing(fence);
            fence.balance.settle(at);
            fence.balance.give_back(qty, until).ok_or("a fence lost what a hold draws")?;
            planted!(SoldStaysFenced => continue);
            let key = key_of(&fence.terms);
            if let Some((_, left)) = sold.iter_mut().find(|sold| sold.0 == key) {
                let used = qty.min(*left);
                // A fence lowered below what was drawn of it keeps nothing.
                fence.balance.on_hand = fence.balance.on_hand.saturating_sub(used);
                *left -= used;
            }
        }
        Ok(draws)
    }

    /// Draws again exactly what was given back.
    pub fn restore(&mut self, hold: HoldId, draws: Draws, until: Second) -> Result<(), &'static str> {
        for &(fence, qty) in &draws {
            let balance = &mut self.changing(fence).balance;
            balance.hold(qty, until).ok_or("a fence has no room for what it had")?;
        }
        self.drew(hold, draws);
        Ok(())
    }

    /// The hold has ended by its time.
    pub fn forget(&mut self, hold: HoldId) {
        self.draws.remove(&hold);
    }

    /// Draws for a hold.
    pub fn draw(
        &mut self,
        hold: HoldId,
        channel: ChannelNo,
        held: &[(FenceKey, u32)],
        until: Second,
        at: Second,
    ) -> Result<(), &'static str> {
        let mut draws = Draws::new();
        for &(key, qty) in held {
            let mut left = qty;
            for &fence in self.by_key.get(&key).into_iter().flatten() {
                let fenced = &mut self.all[fence.row()];
                if left == 0 || !fenced.terms.admits(ChannelIx(channel.0)) {
                    continue;
                }
                self.balances_before.note(fence, || fenced.balance.clone());
                fenced.balance.settle(at);
                let drawn = left.min(fenced.balance.free(at));
                if drawn > 0 {
                    fenced.balance.hold(drawn, until).ok_or("a fence holds more than it can")?;
                    draws.push((fence, drawn));
                    left -= drawn;
                }
            }
        }
        self.drew(hold, draws);
        Ok(())
    }

    fn drew(&mut self, hold: HoldId, draws: Draws) {
        if !draws.is_empty() {
            let old = self.draws.insert(hold, draws);
            self.draws_before.note(hold, || old);
        }
    }

    /// A fence whose balance changes.
    fn changing(&mut self, fence: FenceNo) -> &mut Fenced {
        let fenced = &mut self.all[fence.row()];
        self.balances_before.note(fence, || fenced.balance.clone());
        fenced
    }

    pub fn begin_group(&mut self) {
        self.balances_before.begin();
        self.draws_before.begin();
    }

    pub fn keep_group(&mut self) {
        self.balances_before.end();
        self.draws_before.end();
    }

    pub fn undo_group(&mut self) {
        for (fence, balance) in self.balances_before.end() {
            self.all[fence.row()].balance = balance;
        }
        for (hold, draws) in self.draws_before.end() {
            match draws {
                Some(draws) => drop(self.draws.insert(hold, draws)),
                None => drop(self.draws.remove(&hold)),
            }
        }
    }
}

fn key_of(terms: &Fence) -> FenceKey {
    (SkuNo(terms.sku.0), SellerNo(terms.seller.0), NodeNo(terms.node.0))
}
