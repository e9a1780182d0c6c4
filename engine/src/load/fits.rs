//! Do a plan's claims fit beside what is claimed already?

use super::claim::Claim;
use super::tally::Load;
use crate::units::{CubicCentimetres, Grams};
use crate::world::World;

impl Load {
    /// Claims all the room that is left of what a claim is part of.
    pub fn fill(&mut self, world: &World, claim: &Claim) {
        let filled = match *claim {
            Claim::Departure { lane, compartment, departs, .. } => {
                let room = self.room_on_departure(world, lane, departs, compartment);
                let (grams, cm3) = (room.grams.unwrap_or_default(), room.cm3.unwrap_or_default());
                let parcel = Claim::Departure { lane, compartment, departs, grams, cm3 };
                let empty = Claim::Departure {
                    lane,
                    compartment,
                    departs,
                    grams: Grams::default(),
                    cm3: CubicCentimetres::default(),
                };
                let further = room.parcels.unwrap_or(1).saturating_sub(1) as usize;
                std::iter::once(parcel).chain(std::iter::repeat_n(empty, further)).collect::<Vec<Claim>>()
            }
            Claim::NodeDay { node, date, .. } => {
                let room = self.room_on_day(world, node, date);
                let (parcels, lines) = (room.parcels.unwrap_or(0), room.lines.unwrap_or(0));
                vec![Claim::NodeDay { node, date, parcels, lines }]
            }
            Claim::Buffer { node, from, until } => {
                let room = self.room_in_buffer(world, node, from, until).unwrap_or(0);
                vec![*claim; room as usize]
            }
            Claim::Point { node, from, until } => {
                let room = self.room_at_point(world, node, from, until).unwrap_or(0);
                vec![*claim; room as usize]
            }
        };
        // A counter that would overflow is full already.
        let _ = self.commit(&filled);
    }

    /// The claims that pass a capacity together with those before them and all that is claimed already.
    pub fn too_much<'c>(&self, world: &World, claims: &'c [Claim]) -> Vec<&'c Claim> {
        let passes = |row: usize| {
            let with_it = claims[..=row].iter();
            match claims[row] {
                Claim::Departure { lane, compartment, departs, .. } => {
                    let (mut grams, mut cm3, mut parcels) = (0u64, 0u64, 0u32);
                    for claim in with_it {
                        if let Claim::Departure {
                            lane: by,
                            compartment: inside,
                            departs: at,
                            grams: more,
                            cm3: larger,
                        } = *claim
                            && (by, inside, at) == (lane, compartment, departs)
                        {
                            grams = grams.saturating_add(more.0);
                            cm3 = cm3.saturating_add(larger.0);
                            parcels += 1;
                        }
                    }
                    let room = self.room_on_departure(world, lane, departs, compartment);
                    !room.takes(Grams(grams), CubicCentimetres(cm3))
                        || room.parcels.is_some_and(|room| parcels > room)
                }
                Claim::NodeDay { node, date, .. } => {
                    let (mut parcels, mut lines) = (0u32, 0u32);
                    for claim in with_it {
                        if let Claim::NodeDay { node: at, date: on, parcels: more, lines: further } = *claim
                            && (at, on) == (node, date)
                        {
                            parcels += more;
                            lines += further;
                        }
                    }
                    let room = self.room_on_day(world, node, date);
                    room.parcels.is_some_and(|room| parcels > room)
                        || room.lines.is_some_and(|room| lines > room)
                }
                Claim::Buffer { node, from, until } => {
                    let stays = with_it.filter_map(|claim| match *claim {
                        Claim::Buffer { node: at, from, until } if at == node => Some((from, until)),
                        _ => None,
                    });
                    let room = |from, until| self.room_in_buffer(world, node, from, until);
                    self.fullest(&stays.collect::<Vec<_>>(), (from, until), room).is_some()
                }
                Claim::Point { node, from, until } => {
                    let stays = with_it.filter_map(|claim| match *claim {
                        Claim::Point { node: at, from, until } if at == node => Some((from, until)),
                        _ => None,
                    });
                    let room = |from, until| self.room_at_point(world, node, from, until);
                    self.fullest(&stays.collect::<Vec<_>>(), (from, until), room).is_some()
                }
            }
        };
        (0..claims.len()).filter(|&row| passes(row)).map(|row| &claims[row]).collect()
    }
}
