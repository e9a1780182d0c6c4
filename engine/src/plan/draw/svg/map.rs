//! The map: nodes, and the rides between them with what rides.

use super::canvas::{Area, Canvas, pixels};
use super::course::{Kept, kept};
use super::places::{Places, Role, Spot, places};
use super::{MARGIN, WIDTH, letter};
use crate::plan::words::Words;
use crate::plan::words::letters::{clean, cut};
use crate::plan::{Leg, Plan};
use crate::world::NodeIx;

/// Half the size of a node.
const SIZE: i64 = 10;
/// Space between ways of the same two nodes.
const FAN: i64 = 56;
/// Dots by which words keep off a way.
const DOTS: i64 = 32;
/// What words that seem to be those of another way weigh against words that overlap: so many square pixels.
const STRAY: i64 = 600;

/// One departure with all parcels of the order that ride it together.
struct Ride {
    leg: Leg,
    rows: Vec<usize>,
    kept: Kept,
    /// Source parcels in what rides.
    sources: usize,
}

/// A curve from node to node: its ends and the points that bend it.
type Curve = [(i64, i64); 4];

/// Puts the map below `y`; gives back where it ends.
pub fn draw(canvas: &mut Canvas, words: &Words<'_>, plan: &Plan, y: i64) -> i64 {
    let mut places = places(words.world, words.order, plan);
    for spot in &mut places.spots {
        spot.y += y;
    }
    let rides = rides(words, plan);
    let spot = |node: NodeIx| places.spots.iter().find(|spot| spot.node == node);
    let mut drawn: Vec<(&Ride, Curve)> = Vec::new();
    for ride in &rides {
        let lane = &words.world.lanes()[ride.leg.lane];
        let Some((from, to)) = spot(lane.from).zip(spot(lane.to)) else { continue };
        let before = drawn.iter().filter(|(other, _)| {
            let other = &words.world.lanes()[other.leg.lane];
            (other.from, other.to) == (lane.from, lane.to)
        });
        drawn.push((ride, curve(from, to, before.count() as i64, places.known)));
    }
    for (ride, curve) in &drawn {
        canvas.titled(&says(words, ride), |canvas| way(canvas, ride, curve));
    }
    let mut taken: Vec<Area> = Vec::new();
    for spot in &places.spots {
        taken.push(Area(spot.x - SIZE - 4, spot.y - SIZE - 4, spot.x + SIZE + 4, spot.y + SIZE + 4));
    }
    for (_, curve) in &drawn {
        // Words over a way can be read, words over words cannot: a way weighs little.
        let dots = (0..=DOTS).map(|step| point(curve, step, DOTS));
        taken.extend(dots.map(|(x, y)| Area(x - 3, y - 3, x + 3, y + 3)));
    }
    for spot in &places.spots {
        node(canvas, words, plan, spot, &mut taken);
    }
    for (row, (ride, curve)) in drawn.iter().enumerate() {
        let others = drawn.iter().enumerate().filter(|&(other, _)| other != row).map(|(_, drawn)| drawn.1);
        label(canvas, words, ride, curve, &others.collect::<Vec<_>>(), &mut taken);
    }
    foot(canvas, &places, y)
}

fn foot(canvas: &mut Canvas, places: &Places, y: i64) -> i64 {
    let y = y + places.height;
    let kind = if places.known {
        "Places stand as on the globe; those too near each other are drawn apart."
    } else {
        "Places stand in the order in which parcels come to them."
    };
    canvas.text("soft end", WIDTH - MARGIN, y, kind);
    canvas.line("rule", (MARGIN, y + 8), (WIDTH - MARGIN, y + 8));
    y + 12
}

/// Departures in the order of parcels, each once.
fn rides(words: &Words<'_>, plan: &Plan) -> Vec<Ride> {
    let mut sources = vec![1usize; plan.parcels.len()];
    let mut rides: Vec<Ride> = Vec::new();
    for (row, parcel) in plan.parcels.iter().enumerate() {
        if !parcel.parts.is_empty() {
            let of = parcel.parts.iter().map(|&part| usize::from(part)).filter(|&part| part < row);
            sources[row] = of.map(|part| sources[part]).sum::<usize>().max(1);
        }
        for (at, leg) in parcel.legs.iter().enumerate() {
            let same = |ride: &&mut Ride| {
                (ride.leg.lane, ride.leg.compartment, ride.leg.departs_at)
                    == (leg.lane, leg.compartment, leg.departs_at)
            };
            match rides.iter_mut().find(same) {
                Some(ride) => {
                    ride.rows.push(row);
                    ride.sources = ride.sources.saturating_add(sources[row]);
                    ride.leg.cost.0 = ride.leg.cost.0.saturating_add(leg.cost.0);
                }
                None => rides.push(Ride {
                    leg: *leg,
                    rows: vec![row],
                    kept: kept(words.world, parcel, at),
                    sources: sources[row],
                }),
            }
        }
    }
    rides
}

fn letters(words: &Words<'_>, rows: &[usize]) -> String {
    rows.iter().map(|&row| letter(words, row)).collect::<Vec<_>>().join(", ")
}

fn says(words: &Words<'_>, ride: &Ride) -> String {
    let lane = &words.world.lanes()[ride.leg.lane];
    let compartment = lane.compartments.get(usize::from(ride.leg.compartment));
    let compartment = compartment
        .map_or_else(String::new, |kept| format!(", {} ({})", clean(&kept.name), kept.temperature));
    let departs = words.moment(ride.leg.departs_at);
    let arrives = words.wall.after(ride.leg.departs_at, ride.leg.arrives_at);
    let codes: Vec<String> = ride.rows.iter().map(|&row| words.code(row)).collect();
    format!(
        "{}{compartment}: {} → {}, {departs} → {arrives}, {}, {}",
        clean(words.world.lane_names().of(ride.leg.lane)),
        words.place(lane.from),
        words.place(lane.to),
        words.amount(ride.leg.cost),
        codes.join(", "),
    )
}

/// The way from one node to another; `count` others of the same nodes are there already.
fn curve(from: &Spot, to: &Spot, count: i64, known: bool) -> Curve {
    let (x, y) = (to.x - from.x, to.y - from.y);
    // One as it is, the next ones left and right of it in turn.
    let aside = (count + 1) / 2 * FAN * if count % 2 == 0 { 1 } else { -1 };
    if known {
        let far = (x * x + y * y).isqrt().max(1);
        let aside = aside + far / 8;
        let (right, down) = (y * aside / far, -x * aside / far);
        let bend = |third: i64| (from.x + x * third / 3 + right, from.y + y * third / 3 + down);
        trimmed([(from.x, from.y), bend(1), bend(2), (to.x, to.y)])
    } else {
        let middle = from.x + x / 2;
        trimmed([(from.x, from.y), (middle, from.y + aside), (middle, to.y + aside), (to.x, to.y)])
    }
}

/// The curve without what nodes and the head of the arrow cover.
fn trimmed([from, out, back, to]: Curve) -> Curve {
    [toward(from, out, SIZE + 4), out, back, toward(to, back, SIZE + 12)]
}

/// The point so many pixels from one towards another.
fn toward((x, y): (i64, i64), other: (i64, i64), pixels: i64) -> (i64, i64) {
    let (right, down) = (other.0 - x, other.1 - y);
    let far = (right * right + down * down).isqrt().max(1);
    (x + right * pixels / far, y + down * pixels / far)
}

fn way(canvas: &mut Canvas, ride: &Ride, curve: &Curve) {
    let [from, out, back, to] = *curve;
    let wide = (1 + 2 * ride.sources as i64).clamp(3, 9);
    let class = format!("way {}", ride.kept.name());
    let bent = format!("M{},{} C{},{} {},{} {},{}", from.0, from.1, out.0, out.1, back.0, back.1, to.0, to.1);
    canvas.path(&class, &bent, wide);
    // The head points away from where the curve comes.
    let (tip, half) = (toward(to, back, -9), 4 + wide / 2);
    let (right, down) = (tip.0 - to.0, tip.1 - to.1);
    let side = |sign: i64| (to.0 - sign * down * half / 9, to.1 + sign * right * half / 9);
    canvas.shape(ride.kept.name(), &[tip, side(1), side(-1)]);
}

fn node(canvas: &mut Canvas, words: &Words<'_>, plan: &Plan, spot: &Spot, taken: &mut Vec<Area>) {
    let (x, y) = (spot.x, spot.y);
    let name = cut(&words.place(spot.node), 24);
    let does = does(words, plan, spot);
    canvas.titled(&format!("{}: {does}", words.place(spot.node)), |canvas| match spot.role {
        Role::Packs => canvas.rect("place", (x - SIZE + 1, y - SIZE + 1), (2 * SIZE - 2, 2 * SIZE - 2), 3),
        Role::CrossDocks => {
            canvas.shape(
                "place",
                &[(x, y - SIZE - 2), (x + SIZE + 2, y), (x, y + SIZE + 2), (x - SIZE - 2, y)],
            );
        }
        Role::HandsOver => {
            canvas.circle("place", (x, y), SIZE);
            canvas.circle("dot", (x, y), SIZE / 2);
        }
    });
    let does = cut(&does, 30);
    let half = pixels(&name, 14).max(pixels(&does, 12)) / 2;
    let spots =
        [(x, y + SIZE + 18), (x, y - SIZE - 22), (x + SIZE + 6 + half, y - 2), (x - SIZE - 6 - half, y - 2)];
    let (x, y) = put(&spots, half, taken, |_| 0);
    canvas.text("name halo middle", x, y, &name);
    canvas.text("soft halo middle", x, y + 15, &does);
}

/// What a node does for this order.
fn does(words: &Words<'_>, plan: &Plan, spot: &Spot) -> String {
    let rows = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..plan.parcels.len()).filter(|&row| wanted(row)).collect()
    };
    let here = |row: usize| plan.parcels[row].node == spot.node;
    let packed = rows(&|row| here(row) && plan.parcels[row].parts.is_empty());
    let merged = rows(&|row| here(row) && !plan.parcels[row].parts.is_empty());
    let mut does = Vec::new();
    if !packed.is_empty() {
        does.push(format!("packs {}", letters(words, &packed)));
    }
    for row in merged {
        let parts: Vec<usize> = plan.parcels[row].parts.iter().map(|&part| usize::from(part)).collect();
        does.push(format!("merges {} into {}", letters(words, &parts), letter(words, row)));
    }
    if spot.role == Role::HandsOver {
        let over = rows(&|row| plan.parcels[row].hand_over.is_some());
        does.push(if over.is_empty() {
            "hands over nothing".to_owned()
        } else {
            format!("hands over {}", letters(words, &over))
        });
    }
    if does.is_empty() {
        does.push("passes on".to_owned());
    }
    does.join(", ")
}

fn label(
    canvas: &mut Canvas,
    words: &Words<'_>,
    ride: &Ride,
    curve: &Curve,
    others: &[Curve],
    taken: &mut Vec<Area>,
) {
    let name = cut(&clean(words.world.lane_names().of(ride.leg.lane)), 26);
    let departs = words.moment(ride.leg.departs_at);
    let arrives = words.wall.after(ride.leg.departs_at, ride.leg.arrives_at);
    let says = cut(&format!("{}: {departs} → {arrives}", letters(words, &ride.rows)), 44);
    let half = pixels(&name, 12).max(pixels(&says, 12)) / 2;
    let mut spots = Vec::new();
    for eighth in [4, 3, 5, 2, 6] {
        let (x, y) = point(curve, eighth, 8);
        spots.extend([(x, y - 26), (x, y + 22), (x, y - 44), (x, y + 38)]);
        spots.extend([(x + half + 12, y - 4), (x - half - 12, y - 4), (x, y - 4)]);
    }
    // Words nearer to another way seem to be that one's.
    let strays = |at: (i64, i64)| others.iter().any(|other| far_from(other, at) < far_from(curve, at));
    let (x, y) = put(&spots, half, taken, |at| if strays(at) { STRAY } else { 0 });
    canvas.text("ink halo middle", x, y, &name);
    canvas.text("soft halo middle", x, y + 15, &says);
}

/// How far the middle of two lines of a text is from a way, squared.
fn far_from(curve: &Curve, (x, y): (i64, i64)) -> i64 {
    let dots = (0..=DOTS).map(|step| point(curve, step, DOTS));
    dots.map(|dot| (dot.0 - x).pow(2) + (dot.1 - y - 4).pow(2)).min().unwrap_or(i64::MAX)
}

/// Takes the first of some spots where two lines of a text overlap nothing, or that where they overlap least, and what
/// else speaks against it counts too.
fn put(
    spots: &[(i64, i64)],
    half: i64,
    taken: &mut Vec<Area>,
    against: impl Fn((i64, i64)) -> i64,
) -> (i64, i64) {
    let area = |(x, y): (i64, i64)| Area(x - half, y - 12, x + half, y + 19);
    let inside = |(x, y): (i64, i64)| (x.clamp(MARGIN + half, (WIDTH - MARGIN - half).max(MARGIN + half)), y);
    let covers = |spot: (i64, i64)| taken.iter().map(|&other| area(spot).shared(other)).sum::<i64>();
    let best = spots.iter().map(|&spot| inside(spot)).min_by_key(|&spot| covers(spot) + against(spot));
    let best = best.unwrap_or((WIDTH / 2, 0));
    taken.push(area(best));
    best
}

/// The point of a curve so many steps of its way from its start.
fn point(curve: &Curve, far: i64, steps: i64) -> (i64, i64) {
    let near = steps - far;
    let weights = [near * near * near, 3 * near * near * far, 3 * near * far * far, far * far * far];
    let sum = |side: fn(&(i64, i64)) -> i64| {
        curve.iter().zip(weights).map(|(point, weight)| side(point) * weight).sum::<i64>() / steps.pow(3)
    };
    (sum(|point| point.0), sum(|point| point.1))
}
