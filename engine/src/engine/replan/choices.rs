//! Every way to take over some parcels of the old plan and leave the others.

use super::bundle::{Bundle, Kind};
use super::happened::Happened;
use super::rest::Choice;
use crate::stock::Stock;
use crate::world::{Order, World};

/// Ways looked at, at most; what is not looked at has a bound of its own.
pub(super) const CHOICES: usize = 512;

/// What can be taken over, and how that goes together.
pub(super) struct Choices {
    pub bundles: Vec<Bundle>,
    /// Fewest changes first.
    pub all: Vec<Choice>,
    /// What all of them have as it is at least: parcels that cannot be undone, and nothing else.
    pub least: Choice,
    /// Fewest changes among those that were left out, when some were.
    pub left_out: Option<u32>,
}

struct Finder<'a> {
    world: (&'a World, &'a Stock, &'a Order),
    happened: &'a Happened<'a>,
    bundles: Vec<Bundle>,
    stranded: &'a [usize],
    left_out: bool,
}

/// Parcels that are there and cannot be undone.
pub(super) fn fixed(happened: &Happened<'_>) -> Vec<usize> {
    let stands = happened.stands.iter().enumerate();
    stands.filter(|(_, stand)| stand.fixed && !stand.merged).map(|(row, _)| row).collect()
}

impl Choices {
    /// All choices in which just these parcels are stranded.
    pub fn find(world: (&World, &Stock, &Order), happened: &Happened<'_>, stranded: &[usize]) -> Choices {
        let mut finder = Finder { world, happened, bundles: Vec::new(), stranded, left_out: false };
        let mut all = vec![Choice::default()];
        for row in 0..happened.stands.len() {
            if happened.stands[row].whole.is_none() {
                let own = finder.of(row);
                all = finder.product(&all, &own);
            }
        }
        // Stable: of as many changes, those that were found first.
        all.sort_by_key(|choice| choice.changed);
        let mut left_out = finder.left_out.then_some(0);
        if all.len() > CHOICES {
            left_out = left_out.or(Some(all[CHOICES].changed));
            all.truncate(CHOICES);
        }
        let mut least = Choice { stranded: stranded.to_vec(), ..Choice::default() };
        for (number, bundle) in finder.bundles.iter().enumerate() {
            let first = |other: &usize| finder.bundles[*other].top() != bundle.top();
            if bundle.fixed && least.bundles.iter().all(first) {
                let as_it_is = |other: &Bundle| other.top() == bundle.top() && other.kind == Kind::AsItIs;
                least.bundles.push(finder.bundles.iter().position(as_it_is).unwrap_or(number));
            }
        }
        Choices { bundles: finder.bundles, all, least, left_out }
    }
}

impl Finder<'_> {
    /// Choices for a parcel and all that is merged into it.
    fn of(&mut self, row: usize) -> Vec<Choice> {
        let stand = &self.happened.stands[row];
        let parcel = &self.happened.plan.parcels[row];
        if self.stranded.contains(&row) {
            let stranded = self.happened.within(row);
            return vec![Choice { stranded, changed: 1, ..Choice::default() }];
        }
        let (mut choices, mut whole) = (Vec::new(), false);
        if stand.as_planned
            && (stand.there || self.stranded.is_empty() || !self.any_stranded(row))
            && !(stand.there && stand.whole.is_some() && parcel.legs.is_empty())
        {
            whole = self.take(row, Kind::Whole, u32::from(stand.short), &mut choices);
        }
        if !stand.there {
            // Not merged: its parts go each for itself, or are merged anew.
            let mut apart = vec![Choice { changed: 1, ..Choice::default() }];
            for &part in &parcel.parts {
                let own = self.of(usize::from(part));
                apart = self.product(&apart, &own);
            }
            choices.extend(apart);
            return choices;
        }
        let here = parcel.legs.is_empty() || stand.gone < parcel.legs.len();
        let (_, _, order) = self.world;
        let docks = self.world.0.nodes()[order.to].cross_docks.is_some();
        let at_customer = stand.gone == 0 && parcel.node == order.to;
        // At the end of its legs it is as planned, but where it can still be merged.
        if here && !(at_customer && parcel.legs.is_empty())
            || !here && (!whole || docks && parcel.hand_over.is_some())
        {
            self.take(row, Kind::AsItIs, 1, &mut choices);
        }
        if !stand.fixed {
            choices.push(Choice { changed: 1, ..Choice::default() });
        }
        choices
    }

    fn any_stranded(&self, row: usize) -> bool {
        self.happened.within(row).iter().any(|row| self.stranded.contains(row))
    }

    fn take(&mut self, row: usize, kind: Kind, changed: u32, choices: &mut Vec<Choice>) -> bool {
        let Some(bundle) = Bundle::of(self.world, self.happened, row, kind) else { return false };
        self.bundles.push(bundle);
        let bundles = vec![self.bundles.len() - 1];
        choices.push(Choice { bundles, changed, ..Choice::default() });
        true
    }

    /// Every choice of the ones with every choice of the others.
    fn product(&mut self, ones: &[Choice], others: &[Choice]) -> Vec<Choice> {
        let most = CHOICES * 16;
        if ones.len().saturating_mul(others.len()) > most {
            self.left_out = true;
        }
        let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
        let both = pairs.take(most).map(|(one, other)| Choice {
            bundles: [&one.bundles[..], &other.bundles].concat(),
            stranded: [&one.stranded[..], &other.stranded].concat(),
            changed: one.changed + other.changed,
        });
        both.collect()
    }
}
