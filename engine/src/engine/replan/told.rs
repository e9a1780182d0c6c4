//! What became of each parcel, with names and in plain words.

use super::super::Engine;
use super::Replanned;
use crate::plan::{self, Disruption, Plan};
use crate::spec::{self, Fate, FateCode};
use crate::units::Index;
use crate::world::Order;

impl Engine {
    /// An order planned again with names, ready to be written: `codes` are those of the old plan's parcels, which
    /// parcels keep that stay.
    pub fn replanned_document(
        &self,
        order: &Order,
        (old, codes): (&Plan, &[String]),
        disruption: &Disruption,
        replanned: &Replanned,
    ) -> spec::Replanned {
        let new_codes = self.codes(order, codes, replanned);
        let mut document = self.document(order, &replanned.plan);
        for (row, parcel) in document.parcels.iter_mut().enumerate() {
            parcel.code = new_codes[row].clone();
            let parts = replanned.plan.parcels[row].parts.iter();
            parcel.parts = parts.map(|&part| new_codes[usize::from(part)].clone()).collect();
        }
        let teller = Teller { engine: self, order, old, codes, disruption, replanned, new_codes: &new_codes };
        let mut parcels: Vec<Fate> = (0..old.parcels.len()).map(|row| teller.old(row)).collect();
        let new = (0..replanned.was.len()).filter(|&row| replanned.was[row].is_none());
        parcels.extend(new.map(|row| teller.fresh(row)));
        spec::Replanned {
            volok: spec::VERSION,
            plan: document,
            changed: replanned.changed,
            cost: replanned.cost().0,
            bound: replanned.bound.0,
            status: match replanned.is_optimal() {
                true => spec::PlanStatus::Optimal,
                false => spec::PlanStatus::Gap,
            },
            parcels,
        }
    }

    /// Codes of the new plan's parcels: what stays keeps its own, the others have the next ones.
    fn codes(&self, order: &Order, codes: &[String], replanned: &Replanned) -> Vec<String> {
        let mut next = (codes.len()..).map(|row| plan::code(&self.world, order, row));
        let mut fresh = || next.find(|code| !codes.contains(code)).unwrap_or_default();
        let own = |was: &Option<u16>| was.and_then(|was| codes.get(usize::from(was)).cloned());
        replanned.was.iter().map(|was| own(was).unwrap_or_else(&mut fresh)).collect()
    }
}

struct Teller<'a> {
    engine: &'a Engine,
    order: &'a Order,
    old: &'a Plan,
    codes: &'a [String],
    disruption: &'a Disruption,
    replanned: &'a Replanned,
    new_codes: &'a [String],
}

impl Teller<'_> {
    fn old(&self, row: usize) -> Fate {
        let (then, number) = (&self.old.parcels[row], row as u16);
        let parcel = self.codes[row].clone();
        let hit = self.hit(row);
        if self.replanned.stranded.contains(&number) {
            let text = format!(
                "{parcel} has left, and no way brings it to the customer as the order allows; its goods come anew as \
                 far as they can{hit}"
            );
            return Fate { parcel, fate: FateCode::Stranded, text };
        }
        let Some(now) = self.replanned.was.iter().position(|was| *was == Some(number)) else {
            let what = if then.parts.is_empty() { "packed" } else { "merged" };
            let text = format!("{parcel} is not {what} after all; what it was to bring goes otherwise{hit}");
            return Fate { parcel, fate: FateCode::Dropped, text };
        };
        let new = &self.replanned.plan.parcels[now];
        let rides = |leg: &plan::Leg| (leg.lane, leg.compartment, leg.departs_at);
        let mut changes = Vec::new();
        if new.picks != then.picks {
            changes.push(format!("it brings {} instead of {}", self.goods(new), self.goods(then)));
        }
        let parts = |parcel: &plan::Parcel, codes: &[String]| -> Vec<String> {
            let mut parts: Vec<String> =
                parcel.parts.iter().map(|&part| codes[usize::from(part)].clone()).collect();
            parts.sort();
            parts
        };
        if parts(new, self.new_codes) != parts(then, self.codes) {
            changes.push("other parcels are merged into it".to_owned());
        }
        let same = then.legs.len() <= new.legs.len()
            && then.legs.iter().zip(&new.legs).all(|(then, now)| rides(then) == rides(now));
        if !same || then.hand_over.is_some() && new.legs.len() != then.legs.len() {
            changes.push(format!("it goes by {} instead of {}", self.way(new), self.way(then)));
        }
        let part = then.parts.iter().map(|&part| self.old(usize::from(part)).fate);
        if { part }.any(|fate| !matches!(fate, FateCode::Left | FateCode::Kept)) {
            changes.push("what is merged into it changed".to_owned());
        }
        if changes.is_empty() {
            let left = then.legs.first().is_some_and(|leg| leg.departs_at <= self.disruption.now);
            let (fate, text) = match left {
                true => (FateCode::Left, format!("{parcel} has left and goes as planned")),
                false => (FateCode::Kept, format!("{parcel} stays as planned")),
            };
            return Fate { parcel, fate, text };
        }
        let text = format!("{parcel}: {}{hit}", changes.join("; "));
        Fate { parcel, fate: FateCode::Changed, text }
    }

    fn fresh(&self, row: usize) -> Fate {
        let (parcel, new) = (self.new_codes[row].clone(), &self.replanned.plan.parcels[row]);
        let node = self.engine.world.node_names().of(new.node);
        let text = match new.parts.is_empty() {
            true => format!("{parcel} is packed at {node}: {}", self.goods(new)),
            false => {
                let parts: Vec<&str> =
                    new.parts.iter().map(|&part| &*self.new_codes[usize::from(part)]).collect();
                format!("{parcel} is merged at {node} from {}", parts.join(" and "))
            }
        };
        Fate { parcel, fate: FateCode::New, text }
    }

    /// What happened to a parcel itself.
    fn hit(&self, row: usize) -> String {
        let number = row as u16;
        let parcel = &self.old.parcels[row];
        let mut why = Vec::new();
        for short in self.disruption.short_picks.iter().filter(|short| short.parcel == number) {
            why.push(format!("only {} of line {} were found", short.found, short.line.row() + 1));
        }
        if self.disruption.missed.iter().any(|missed| missed.parcel == number) {
            why.push("it missed a departure".to_owned());
        }
        let takes = |cell| parcel.picks.iter().any(|pick| pick.cell == cell);
        if self.disruption.shortages.iter().any(|shortage| takes(shortage.cell)) {
            why.push("a cell it takes from has too little".to_owned());
        }
        let lanes = &self.engine.world.lanes();
        let passes = |node| parcel.node == node || parcel.legs.iter().any(|leg| lanes[leg.lane].to == node);
        let names = self.engine.world.node_names();
        for closing in self.disruption.closed.iter().filter(|closing| passes(closing.node)) {
            why.push(format!("{} is closed", names.of(closing.node)));
        }
        if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) }
    }

    fn goods(&self, parcel: &plan::Parcel) -> String {
        let picks = parcel.picks.iter().map(|pick| {
            let sku = self.order.lines[pick.line.row()].sku;
            format!("{} × {}", pick.qty, self.engine.world.sku_names().of(sku))
        });
        picks.collect::<Vec<_>>().join(", ")
    }

    fn way(&self, parcel: &plan::Parcel) -> String {
        let leg = |leg: &plan::Leg| {
            let lane = self.engine.world.lane_names().of(leg.lane);
            format!("{lane} {}", spec::instant_text(leg.departs_at))
        };
        match parcel.legs.is_empty() {
            true => "no lane".to_owned(),
            false => parcel.legs.iter().map(leg).collect::<Vec<_>>().join(", "),
        }
    }
}
