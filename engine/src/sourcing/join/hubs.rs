//! Hubs whose merges take room while they wait, once for each moment at which the merge can be ready.

use super::HUBS;
use super::gather::Gathered;
use crate::split::NO_HUB;
use crate::units::Instant;

/// A hub of the joined problem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copy {
    /// Which of those gathered.
    pub meeting: u16,
    /// When its merge is ready, where that counts.
    pub ready: Option<Instant>,
    /// The copy it ends in.
    pub into: u16,
}

impl Copy {
    /// Whether what can be merged at a moment is in time.
    pub fn takes(&self, merged: Instant) -> bool {
        self.ready.is_none_or(|ready| merged <= ready)
    }
}

/// The copies, each after the one it ends in; nothing when there would be too many.
pub(super) fn copies(gathered: &Gathered<'_>) -> Option<Vec<Copy>> {
    let mut copies: Vec<Copy> = Vec::new();
    for (row, meeting) in gathered.hubs.iter().enumerate() {
        let moments: Vec<Option<Instant>> = match meeting.by_moment {
            false => vec![None],
            true => {
                let ways = gathered.ways.iter().filter(|way| usize::from(way.into) == row);
                let hubs = gathered.hubs.iter().filter(|hub| usize::from(hub.hub.into) == row);
                let mut moments: Vec<Instant> =
                    ways.map(|way| way.merged).chain(hubs.map(|hub| hub.merged)).collect();
                moments.sort_unstable();
                moments.dedup();
                moments.into_iter().map(Some).collect()
            }
        };
        let ends: Vec<u16> = match meeting.hub.into {
            NO_HUB => vec![NO_HUB],
            into => {
                let end = |copy: &&(usize, &Copy)| copy.1.meeting == into && copy.1.takes(meeting.merged);
                copies.iter().enumerate().filter(|copy| end(&copy)).map(|(row, _)| row as u16).collect()
            }
        };
        for into in ends {
            copies.extend(moments.iter().map(|&ready| Copy { meeting: row as u16, ready, into }));
        }
        if copies.len() > HUBS {
            return None;
        }
    }
    Some(copies)
}
