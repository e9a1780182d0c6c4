//! Things that can go wrong with a plan, at random.

use volok::plan::{Disruption, MissedLeg, Plan, ShortPick, Shortage};
use volok::testkit::Random;
use volok::units::{Index, Instant, Money, Seconds};
use volok::world::{Closing, NodeIx, Order, World};

/// A moment at or after placing, mostly while something of the plan is under way.
pub fn moment(random: &mut Random, order: &Order, plan: &Plan) -> Instant {
    let mut moments = vec![order.placed_at];
    for parcel in &plan.parcels {
        moments.push(parcel.ready_at);
        for leg in &parcel.legs {
            moments.extend([leg.departs_at, leg.arrives_at]);
        }
        moments.extend(parcel.hand_over.map(|end| end.at));
    }
    let at = moments[random.below(moments.len() as u64) as usize];
    let shift = [-1, 0, 1, 600, 3_600][random.below(5) as usize];
    at.after(Seconds(shift)).unwrap_or(at).max(order.placed_at)
}

/// Something that went wrong.
pub fn disruption(random: &mut Random, world: &World, order: &Order, plan: &Plan) -> Disruption {
    let now = moment(random, order, plan);
    let price = [0, 0, 1, 100, 2_000, 100_000][random.below(6) as usize];
    let mut disruption = Disruption { now, change_price: Money(price), ..Disruption::default() };
    let parcels = plan.parcels.len() as u64;
    let waiting: Vec<usize> = (0..plan.parcels.len())
        .filter(|&row| {
            let parcel = &plan.parcels[row];
            let departs = parcel.legs.first().map(|leg| leg.departs_at);
            let ended = parcel.hand_over.map(|end| end.at).filter(|_| parcel.legs.is_empty());
            // A part without legs is used up when its whole is ready.
            let whole = plan.parcels.iter().find(|whole| whole.parts.contains(&(row as u16)));
            let used = whole.map(|whole| whole.ready_at).filter(|_| parcel.legs.is_empty());
            parcel.parts.is_empty() && departs.or(ended).or(used).is_none_or(|at| at > now)
        })
        .collect();
    match random.below(5) {
        0 if !waiting.is_empty() => {
            let parcel = waiting[random.below(waiting.len() as u64) as usize];
            let picks = &plan.parcels[parcel].picks;
            let line = picks[random.below(picks.len() as u64) as usize].line;
            let planned: u32 = picks.iter().filter(|pick| pick.line == line).map(|pick| pick.qty.0).sum();
            let found = random.below(u64::from(planned)) as u32;
            disruption.short_picks.push(ShortPick { parcel: parcel as u16, line, found });
        }
        1 if !waiting.is_empty() => {
            let parcel = waiting[random.below(waiting.len() as u64) as usize];
            let picks = &plan.parcels[parcel].picks;
            let pick = picks[random.below(picks.len() as u64) as usize];
            let missing = 1 + random.below(u64::from(pick.qty.0)) as u32;
            disruption.shortages.push(Shortage { cell: pick.cell, missing });
        }
        2 if parcels > 0 => {
            let parcel = random.below(parcels) as usize;
            let departed = plan.parcels[parcel].legs.iter().filter(|leg| leg.departs_at < now);
            let legs = departed.count() as u64;
            let merged = !plan.parcels[parcel].parts.is_empty();
            if legs > 0 && (!merged || plan.parcels[parcel].ready_at <= now) {
                let leg = random.below(legs) as u16;
                disruption.missed.push(MissedLeg { parcel: parcel as u16, leg });
            }
        }
        3 => {
            let node = NodeIx::of(random.below(world.nodes().len() as u64) as usize);
            let from = now.after(Seconds(random.below(3) as i64 * 3_600)).unwrap_or(now);
            let until = match random.below(3) {
                0 => Instant::NEVER,
                days => from.after(Seconds(days as i64 * 50_000)).unwrap_or(Instant::NEVER),
            };
            disruption.closed.push(Closing { node, from, until });
        }
        _ => {}
    }
    disruption
}
