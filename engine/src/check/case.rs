//! One order and its plan with what every rule asks first: which rows the picks really name, what ends up in which
//! parcel, and what each parcel's goods add up to.

use super::history::History;
use super::violation::{Rule, Violation};
use crate::plan::{HandOver, Parcel, Plan};
use crate::stock::{Cell, CellIx, Stock};
use crate::units::{Index, Instant, Temperatures};
use crate::world::{Line, LineIx, Order, Sku, SkuIx, StorageZone, World};

/// What is judged.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) stock: &'a Stock,
    pub(super) order: &'a Order,
    pub(super) plan: &'a Plan,
    /// By parcel: its picks whose line and cell exist. The others are noted by F1 and F2 and judged no further.
    pub(super) picks: Vec<Vec<Picked<'a>>>,
    /// By parcel: the later parcel it is merged into. A part claimed twice goes to the last that claims it.
    pub(super) merged_into: Vec<Option<usize>>,
    /// By parcel: the parcel it is handed over in.
    pub(super) root: Vec<usize>,
    /// By parcel: what its own picks and those of its parts add up to.
    pub(super) goods: Vec<Goods>,
    /// What happened before the plan was made, when it was made again.
    pub(super) history: Option<&'a History<'a>>,
    /// By parcel: whether all of its picks and those of its parts name rows that exist.
    known: Vec<bool>,
}

/// A pick with the rows it names. What leaves the shelf is the cell's SKU, whatever the line asked for.
#[derive(Clone, Copy)]
pub(super) struct Picked<'a> {
    pub(super) line_ix: LineIx,
    pub(super) line: &'a Line,
    pub(super) cell_ix: CellIx,
    pub(super) cell: &'a Cell,
    pub(super) zone: &'a StorageZone,
    pub(super) sku_ix: SkuIx,
    pub(super) sku: &'a Sku,
    pub(super) qty: u32,
    /// Before when it cannot begin.
    pub(super) not_before: Instant,
}

impl Picked<'_> {
    /// When picking can begin: when the order is placed, or planned again, or when announced supply is due.
    pub(super) fn start(&self, order: &Order) -> Instant {
        order.placed_at.max(self.cell.available_at).max(self.not_before)
    }
}

/// What the goods of one parcel add up to. A pick adds below 2^64 and there are fewer than 2^60 picks in any memory,
/// so that 128 bits hold every sum.
#[derive(Clone, Copy)]
pub(super) struct Goods {
    /// What all of it tolerates; nothing when no degree suits all.
    pub(super) temperature: Option<Temperatures>,
    pub(super) grams: u128,
    pub(super) cm3: u128,
    /// The longest of the shortest, middle and longest sides: fits what every unit fits.
    pub(super) size_mm: [u32; 3],
}

impl Goods {
    const NONE: Goods = Goods { temperature: Some(Temperatures::ANY), grams: 0, cm3: 0, size_mm: [0; 3] };

    fn with(self, other: Goods) -> Goods {
        let mut size_mm = self.size_mm;
        for (side, more) in size_mm.iter_mut().zip(other.size_mm) {
            *side = (*side).max(more);
        }
        Goods {
            temperature: self.temperature.zip(other.temperature).and_then(|(a, b)| a.intersect(b)),
            grams: self.grams + other.grams,
            cm3: self.cm3 + other.cm3,
            size_mm,
        }
    }

    fn of(pick: &Picked<'_>) -> Goods {
        let mut size_mm = pick.sku.size_mm;
        size_mm.sort_unstable();
        Goods {
            temperature: Some(pick.sku.temperature),
            grams: u128::from(pick.sku.grams) * u128::from(pick.qty),
            cm3: u128::from(pick.sku.cm3) * u128::from(pick.qty),
            size_mm,
        }
    }
}

impl<'a> Case<'a> {
    /// Resolves what can be resolved.
    ///
    /// # Errors
    /// The order itself names rows this world does not have: then nothing about its plan can be judged.
    pub(super) fn new(
        world: &'a World,
        stock: &'a Stock,
        order: &'a Order,
        plan: &'a Plan,
        history: Option<&'a History<'a>>,
    ) -> Result<Case<'a>, Violation> {
        let known = world.nodes().get(order.to).is_some()
            && world.channels().get(order.channel).is_some()
            && order.lines.iter().all(|line| world.skus().get(line.sku).is_some());
        if !known {
            return Err(Violation {
                rule: Rule::F1,
                order: order.id.clone(),
                parcel: None,
                line: None,
                text: "the order names a node, a channel or an SKU that this world does not have".to_owned(),
            });
        }

        let not_before = |row: usize| match history {
            Some(history) if history.follows[row].is_none() => history.now,
            _ => Instant::ALWAYS,
        };
        let parcels = plan.parcels.iter().enumerate();
        let picks: Vec<Vec<Picked<'a>>> =
            parcels.map(|(row, parcel)| resolve(world, stock, order, parcel, not_before(row))).collect();

        // Parts come before what they are merged into, so that no parcel can contain itself.
        let mut merged_into: Vec<Option<usize>> = vec![None; plan.parcels.len()];
        for (whole, parcel) in plan.parcels.iter().enumerate() {
            for &part in &parcel.parts {
                if usize::from(part) < whole {
                    merged_into[usize::from(part)] = Some(whole);
                }
            }
        }
        let mut root: Vec<usize> = (0..plan.parcels.len()).collect();
        for part in (0..root.len()).rev() {
            if let Some(whole) = merged_into[part] {
                root[part] = root[whole];
            }
        }
        let mut goods = vec![Goods::NONE; plan.parcels.len()];
        let mut known = vec![true; plan.parcels.len()];
        for parcel in 0..goods.len() {
            known[parcel] &= picks[parcel].len() == plan.parcels[parcel].picks.len();
            goods[parcel] = picks[parcel].iter().map(Goods::of).fold(goods[parcel], Goods::with);
            if let Some(whole) = merged_into[parcel] {
                goods[whole] = goods[whole].with(goods[parcel]);
                known[whole] &= known[parcel];
            }
        }
        Ok(Case { world, stock, order, plan, picks, merged_into, root, goods, history, known })
    }

    /// Parcels with their rows.
    pub(super) fn parcels(&self) -> impl Iterator<Item = (usize, &'a Parcel)> {
        self.plan.parcels.iter().enumerate()
    }

    /// How the goods of a parcel reach the customer, as far as the plan says so.
    pub(super) fn hand_over(&self, parcel: usize) -> Option<&'a HandOver> {
        self.plan.parcels.get(*self.root.get(parcel)?)?.hand_over.as_ref()
    }

    /// Picks of one line with their parcels.
    pub(super) fn picks_of(&self, line: LineIx) -> impl Iterator<Item = (usize, &Picked<'a>)> {
        self.picks
            .iter()
            .enumerate()
            .flat_map(|(parcel, picks)| picks.iter().map(move |pick| (parcel, pick)))
            .filter(move |(_, pick)| pick.line_ix == line)
    }

    /// Units of one line that the plan says are picked, wherever from.
    pub(super) fn picked(&self, line: LineIx) -> u128 {
        let picks = self.plan.parcels.iter().flat_map(|parcel| &parcel.picks);
        picks.filter(|pick| pick.line == line).map(|pick| u128::from(pick.qty.0)).sum()
    }

    /// Whether every pick in a parcel names a line and a cell that exist. What such a parcel weighs, tolerates and
    /// costs is known; of others it is not asked.
    pub(super) fn is_known(&self, parcel: usize) -> bool {
        self.known[parcel]
    }

    /// Lines of the order with their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = (LineIx, &'a Line)> {
        self.order.lines.iter().enumerate().map(|(row, line)| (LineIx::of(row), line))
    }
}

/// The picks of a parcel whose rows exist.
fn resolve<'a>(
    world: &'a World,
    stock: &'a Stock,
    order: &'a Order,
    parcel: &Parcel,
    not_before: Instant,
) -> Vec<Picked<'a>> {
    parcel
        .picks
        .iter()
        .filter_map(|pick| {
            let line = order.lines.get(pick.line.row())?;
            let (sku_ix, cell) = cell(world, stock, pick.cell)?;
            Some(Picked {
                line_ix: pick.line,
                line,
                cell_ix: pick.cell,
                cell,
                zone: world.zones().get(cell.zone)?,
                sku_ix,
                sku: world.skus().get(sku_ix)?,
                qty: pick.qty.0,
                not_before,
            })
        })
        .collect()
}

/// A cell with its SKU, when there is such a cell in a zone and of an SKU this world has.
pub(super) fn cell<'a>(world: &World, stock: &'a Stock, cell: CellIx) -> Option<(SkuIx, &'a Cell)> {
    if cell.row() >= stock.len() {
        return None;
    }
    let (sku, row) = (stock.sku_of(cell), stock.cell(cell));
    (world.skus().get(sku).is_some() && world.zones().get(row.zone).is_some()).then_some((sku, row))
}
