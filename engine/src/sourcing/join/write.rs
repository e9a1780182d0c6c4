//! From what was gathered to rows of the problem and of the sheet.

use super::gather::{Gathered, Joint};
use super::hubs::Copy;
use super::{Joined, WAYS};
use crate::sourcing::{Class, NO_RIDE, NO_STOPS, Route, Sheet};
use crate::split::{Cap, Hub, NO_HUB, Offer, Problem};

/// Writes ways, hubs, offers and caps over those of the first sourcing. Nothing when there are too many.
pub(super) fn write(
    gathered: Gathered<'_>,
    copies: &[Copy],
    sheet: &mut Sheet,
    problem: &mut Problem<'_>,
) -> Option<()> {
    let Gathered { ways, hubs, capped, readies, .. } = gathered;
    problem.ways.clear();
    problem.into.clear();
    problem.hubs.clear();
    problem.offers.clear();
    problem.caps.clear();
    sheet.routes.clear();
    sheet.classes.clear();
    sheet.ways.clear();
    sheet.masks.clear();
    sheet.hubs.clear();
    sheet.rides.clear();
    sheet.selections.clear();
    sheet.joined = Joined { by_way: Vec::new(), readies };
    // Hubs stand before those they end in.
    let turned = |copy: u16| if copy == NO_HUB { NO_HUB } else { copies.len() as u16 - 1 - copy };
    for copy in copies.iter().rev() {
        let meeting = &hubs[usize::from(copy.meeting)];
        let yard = problem.hubs.len() as u16;
        problem.hubs.push(Hub { yard, into: turned(copy.into), ..meeting.hub });
        sheet.hubs.push(meeting.row.clone());
    }
    // Ways to the customer first, then by hub.
    let mut rows: Vec<(u16, &Joint)> = Vec::new();
    for joint in &ways {
        if joint.into == NO_HUB {
            rows.push((NO_HUB, joint));
            continue;
        }
        let ends = copies.iter().enumerate();
        let ends = ends.filter(|(_, copy)| copy.meeting == joint.into && copy.takes(joint.merged));
        rows.extend(ends.map(|(row, _)| (turned(row as u16), joint)));
    }
    if rows.len() > WAYS {
        return None;
    }
    rows.sort_by_key(|(into, joint)| (*into != NO_HUB, sheet.places[usize::from(joint.place)].node, *into));
    for (into, joint) in rows {
        add(joint, into, sheet, problem);
    }
    problem.offers.sort_by_key(|offer| (offer.line, offer.way, offer.pool));
    for (most, cells) in capped {
        let inside = |offer: &Offer| {
            cells.iter().any(|&(pool, cells)| pool == offer.pool && offer.cells & !cells == 0)
        };
        let offers = problem.offers.iter().enumerate().filter(|(_, offer)| inside(offer));
        problem.caps.push(Cap { most, offers: offers.map(|(row, _)| row as u32).collect() });
    }
    Some(())
}

fn add(joint: &Joint, into: u16, sheet: &mut Sheet, problem: &mut Problem<'_>) {
    let way = problem.ways.len() as u16;
    let class = sheet.classes.len() as u32;
    let (mut ride, mut stops) = (NO_RIDE, NO_STOPS);
    if let Some(selection) = &joint.selection {
        ride = sheet.rides.len() as u32;
        stops = sheet.selections.len() as u32;
        sheet.rides.push(joint.legs.clone());
        sheet.selections.push(selection.clone());
    }
    sheet.classes.push(Class { ride, ..joint.class });
    let route = sheet.routes.len() as u32;
    sheet.routes.push(Route { place: joint.place, lane: joint.lane, class, classes: 1 });
    sheet.ways.push(crate::sourcing::WayRow { route, class, stops, ..joint.row });
    sheet.joined.by_way.push(joint.sourcing);
    problem.ways.push(joint.way);
    problem.into.push(into);
    problem.offers.extend(joint.offers.iter().map(|offer| Offer { way, ..*offer }));
}
