//! Fences of the plain ledger.

use super::*;

impl Plain {
    pub(super) fn set_fence(&mut self, terms: &FenceTerms) -> Answer {
        self.named(Kind::Sku, terms.sku.0)?;
        self.named(Kind::Seller, terms.seller.0)?;
        self.named(Kind::Node, terms.node.0)?;
        for channel in &terms.channels {
            self.named(Kind::Channel, channel.0)?;
        }
        let key = (terms.sku, terms.seller, terms.node);
        let same = |fence: &&mut PlainFence| fence.key == key && fence.channels == terms.channels;
        match self.fences.iter_mut().find(same) {
            Some(fence) => fence.qty = terms.qty,
            None => {
                let fence = PlainFence { key, channels: terms.channels.clone(), qty: terms.qty };
                self.fences.push(fence);
            }
        }
        Ok(Done::Set)
    }

    /// Units live holds draw from a fence.
    pub(super) fn drawn(&self, fence: usize, at: Second) -> u32 {
        let live = self.holds.iter().filter(|hold| hold.is_live(at));
        live.flat_map(|hold| &hold.draws).filter(|draw| draw.0 == fence).map(|draw| draw.1).sum()
    }

    pub(super) fn is_fenced(&self, cell: CellNo) -> bool {
        let facts = self.cells[cell.0 as usize].facts;
        self.fences.iter().any(|fence| fence.key == (facts.sku, facts.seller, facts.node))
    }

    pub(super) fn kept_for_others(
        &self,
        key: (SkuNo, SellerNo, NodeNo),
        channel: ChannelNo,
        at: Second,
    ) -> u64 {
        let others = self.fences.iter().enumerate();
        let others = others.filter(|(_, fence)| fence.key == key && !fence.channels.contains(&channel));
        others.map(|(row, fence)| u64::from(fence.qty.saturating_sub(self.drawn(row, at)))).sum()
    }

    /// Draws for a hold anew.
    pub(super) fn draw_again(&mut self, hold: usize, at: Second) {
        self.holds[hold].draws.clear();
        let mut by_key: Vec<((SkuNo, SellerNo, NodeNo), u32)> = Vec::new();
        for line in &self.holds[hold].lines {
            let facts = self.cells[line.cell.0 as usize].facts;
            let key = (facts.sku, facts.seller, facts.node);
            match by_key.iter_mut().find(|known| known.0 == key) {
                Some(known) => known.1 += line.open(),
                None => by_key.push((key, line.open())),
            }
        }
        let channel = self.holds[hold].place.channel;
        for (key, mut left) in by_key {
            let mut fences: Vec<usize> = (0..self.fences.len())
                .filter(|&row| self.fences[row].key == key && self.fences[row].channels.contains(&channel))
                .collect();
            fences.sort_by_key(|&row| {
                let channels = &self.fences[row].channels;
                (channels.len(), channels.clone())
            });
            for row in fences {
                let free = self.fences[row].qty.saturating_sub(self.drawn(row, at));
                let drawn = left.min(free);
                if drawn > 0 {
                    self.holds[hold].draws.push((row, drawn));
                }
                left -= drawn;
            }
        }
    }

    /// What is sold leaves the fences it was drawn from.
    pub(super) fn sold(&mut self, hold: usize, sold: &[(CellNo, u32)]) {
        let mut by_key: BTreeMap<(SkuNo, SellerNo, NodeNo), u32> = BTreeMap::new();
        for &(cell, qty) in sold {
            let facts = self.cells[cell.0 as usize].facts;
            *by_key.entry((facts.sku, facts.seller, facts.node)).or_default() += qty;
        }
        for (row, qty) in std::mem::take(&mut self.holds[hold].draws) {
            let fence = &mut self.fences[row];
            if let Some(left) = by_key.get_mut(&fence.key) {
                let used = qty.min(*left);
                fence.qty = fence.qty.saturating_sub(used);
                *left -= used;
            }
        }
    }
}
