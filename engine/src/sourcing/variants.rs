//! Which goods of a place can share a parcel on a road: sets of zones with a compartment and a storage.
//!
//! A parcel stands in every zone it is picked from, then in one compartment, then in one storage, and all its goods
//! must tolerate all of them. So a variant is a set of zones, a compartment and a storage; it takes goods from its
//! zones that tolerate the three. Only sets of zones that some goods tolerate as a whole can matter, and of them only
//! those that are the common part of what several goods tolerate: any other set can be made larger without losing
//! goods. Nearly always one variant takes everything.

/// Goods of one stand, as far as a road takes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goods {
    /// Which stand.
    pub stand: u32,
    /// Zones they lie in, a bit each.
    pub has: u8,
    /// Zones they tolerate, a bit each.
    pub tolerates: u8,
    /// Compartments they tolerate, a bit each; not zero.
    pub compartments: u8,
    /// Storages they tolerate, a bit each; not zero.
    pub storages: u8,
}

/// What may share a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// Zones goods are picked from, a bit each.
    pub zones: u8,
    /// Which compartment.
    pub compartment: u8,
    /// Which storage.
    pub storage: u8,
}

impl Variant {
    /// Whether goods may be in its parcels.
    pub fn takes(self, goods: &Goods) -> bool {
        goods.has & self.zones != 0
            && goods.tolerates & self.zones == self.zones
            && goods.compartments >> self.compartment & 1 == 1
            && goods.storages >> self.storage & 1 == 1
    }
}

/// Memory for finding variants.
#[derive(Debug, Default)]
pub(super) struct Variants {
    /// What the road takes.
    pub goods: Vec<Goods>,
    /// What was found.
    pub found: Vec<Variant>,
    candidates: Vec<(Variant, Vec<u64>)>,
}

impl Variants {
    /// Finds the variants of `goods`.
    pub fn find(&mut self) {
        self.found.clear();
        let all = |pick: fn(&Goods) -> u8| self.goods.iter().fold(u8::MAX, |all, goods| all & pick(goods));
        let used = self.goods.iter().fold(0, |used, goods| used | goods.has);
        let (zones, compartments, storages) =
            (all(|goods| goods.tolerates), all(|goods| goods.compartments), all(|goods| goods.storages));
        if used == 0 {
            return;
        }
        if used & zones == used && compartments != 0 && storages != 0 {
            self.found.push(Variant {
                zones: used,
                compartment: compartments.trailing_zeros() as u8,
                storage: storages.trailing_zeros() as u8,
            });
            return;
        }
        self.find_several(used);
    }

    fn find_several(&mut self, used: u8) {
        let any = |pick: fn(&Goods) -> u8| self.goods.iter().fold(0, |any, goods| any | pick(goods));
        let (compartments, storages) = (any(|goods| goods.compartments), any(|goods| goods.storages));
        let bits = |mask: u8| (0..8u8).filter(move |bit| mask >> bit & 1 == 1);

        // Compartment and storage first: pairs that admit what another pair admits as well are not needed.
        self.candidates.clear();
        for compartment in bits(compartments) {
            for storage in bits(storages) {
                let pair = Variant { zones: 0, compartment, storage };
                let admitted = self.taken(|goods| {
                    goods.compartments >> compartment & 1 == 1 && goods.storages >> storage & 1 == 1
                });
                self.note(pair, admitted);
            }
        }
        let pairs: Vec<Variant> = self.candidates.iter().map(|candidate| candidate.0).collect();
        self.candidates.clear();
        for zones in common_parts(self.goods.iter().map(|goods| goods.tolerates & used)) {
            for pair in &pairs {
                let variant = Variant { zones, ..*pair };
                let taken = self.taken(|goods| variant.takes(goods));
                if taken.iter().any(|&word| word != 0) {
                    self.note(variant, taken);
                }
            }
        }
        self.found.extend(self.candidates.iter().map(|candidate| candidate.0));
        self.found.sort_unstable_by_key(|variant| (variant.zones, variant.compartment, variant.storage));
    }

    fn taken(&self, takes: impl Fn(&Goods) -> bool) -> Vec<u64> {
        let mut words = vec![0; self.goods.len().div_ceil(64)];
        for (bit, _) in self.goods.iter().enumerate().filter(|(_, goods)| takes(goods)) {
            words[bit / 64] |= 1 << (bit % 64);
        }
        words
    }

    /// Keeps a candidate unless another takes all that it takes; drops those of which it takes all.
    fn note(&mut self, variant: Variant, taken: Vec<u64>) {
        let covers = |(one, ones): &(Variant, Vec<u64>), (other, others): &(Variant, Vec<u64>)| {
            one.zones & other.zones == other.zones
                && ones.iter().zip(others).all(|(one, other)| one & other == *other)
        };
        let candidate = (variant, taken);
        if self.candidates.iter().any(|known| covers(known, &candidate)) {
            return;
        }
        self.candidates.retain(|known| !covers(&candidate, known));
        self.candidates.push(candidate);
    }
}

/// All sets that are the common part of some of the given ones, without the empty set, rising.
pub(super) fn common_parts(sets: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut parts: Vec<u8> = Vec::new();
    for set in sets {
        if parts.contains(&set) {
            continue;
        }
        for known in 0..parts.len() {
            let part = parts[known] & set;
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if !parts.contains(&set) {
            parts.push(set);
        }
    }
    parts.retain(|&part| part != 0);
    parts.sort_unstable();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(goods: &[(u8, u8, u8, u8)]) -> Vec<(u8, u8, u8)> {
        let mut variants = Variants::default();
        for (stand, &(has, tolerates, compartments, storages)) in goods.iter().enumerate() {
            variants.goods.push(Goods { stand: stand as u32, has, tolerates, compartments, storages });
        }
        variants.find();
        variants.found.iter().map(|found| (found.zones, found.compartment, found.storage)).collect()
    }

    #[test]
    fn goods_that_tolerate_the_same_have_one_variant() {
        assert_eq!(found(&[(0b01, 0b01, 0b1, 0b1), (0b01, 0b11, 0b11, 0b1)]), [(0b01, 0, 0)]);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_pen_rides_from_either_zone_and_sour_cream_from_its_own() {
        // Zone 0 is the shelf, zone 1 the fridge; compartment 0 warm, 1 chilled. The pen lies in both.
        let pen = (0b11, 0b11, 0b11, 0b1);
        let cream = (0b10, 0b10, 0b10, 0b1);
        // Pens from both zones in the warm van, pens and cream from the fridge in the chilled one.
        assert_eq!(found(&[pen, cream]), [(0b10, 1, 0), (0b11, 1, 0)]);
        // A pen that lies on the shelf only: each for itself.
        assert_eq!(found(&[(0b01, 0b11, 0b11, 0b1), cream]), [(0b10, 1, 0), (0b11, 1, 0)]);
    }

    #[test]
    fn what_must_stand_apart_has_a_variant_each() {
        assert_eq!(found(&[(1, 1, 0b01, 0b1), (1, 1, 0b10, 0b1)]), [(1, 0, 0), (1, 1, 0)]);
    }

    #[test]
    fn common_parts_are_closed() {
        assert_eq!(
            common_parts([0b011, 0b110, 0b101].into_iter()),
            [0b001, 0b010, 0b011, 0b100, 0b101, 0b110]
        );
    }
}
