//! How a target was handed down.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::Context;
use chassis::refusal::Failure;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::period::Period;
use crate::ground::target::apportion::basis_points;
use crate::ground::target::{Issuer, Row, Target, read_rows};

/// Targets of a cascade that are shown, at most.
pub const TARGETS_MAX: usize = 5_000;
/// Levels below the unit that are shown, at most: the tree has fewer.
pub const LEVELS_MAX: usize = 30;
/// Earlier revisions of a target that are shown, at most.
const EARLIER_MAX: i64 = 20;

/// A unit's target from one issuer, and what the unit handed down in turn.
pub struct Node {
    /// The revision that holds.
    pub target: Target,
    /// Older revisions, newest first.
    pub earlier: Vec<Target>,
    /// Its part of what the issuer handed down, in basis points; 0 where it is withdrawn.
    pub share_basis_points: i64,
    /// What the unit handed down, as far as it is shown here.
    pub children: Vec<Node>,
    /// How many targets the unit handed down.
    handed_down: usize,
    /// The sum of these.
    pub children_sum: i64,
    /// They are shown under another target of the unit, which lies nearer to the top.
    pub shown_elsewhere: bool,
    /// What it asks; nothing where it is withdrawn.
    asks: i64,
}

impl Node {
    /// The sum handed down less the unit's own target; 0 where nothing was handed down.
    pub fn difference(&self) -> i64 {
        if self.handed_down == 0 { 0 } else { self.children_sum - self.asks }
    }
}

/// What is asked of a unit by a day.
fn asks(target: &Target, by: Date) -> i64 {
    if target.withdrawn_by(by) { 0 } else { target.value }
}

/// What a unit was assigned for an indicator, a period and a group, and the cascade below it.
pub struct Cascade {
    /// From its own issuers; the superior's first.
    pub assigned: Vec<Target>,
    /// What it handed down.
    pub children: Vec<Node>,
    /// The sum of all that it handed down.
    pub children_sum: i64,
    /// How many targets it handed down.
    pub handed_down: usize,
    /// How many targets below are not shown.
    pub left_off: usize,
    /// By which day a target is withdrawn.
    by: Date,
}

impl Cascade {
    /// All targets that are shown: the unit's own, and those below.
    pub fn targets(&self) -> Vec<&Target> {
        let mut targets: Vec<&Target> = self.assigned.iter().collect();
        let mut next: Vec<&Node> = self.children.iter().collect();
        while let Some(node) = next.pop() {
            targets.push(&node.target);
            next.extend(&node.children);
        }
        targets
    }

    /// The sum handed down less the unit's own target: the first that is not withdrawn.
    pub fn difference(&self) -> i64 {
        let own = self.assigned.iter().find(|own| !own.withdrawn_by(self.by));
        own.map_or(0, |own| self.children_sum - own.value)
    }
}

/// Of which target a cascade is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of<'a> {
    /// The indicator.
    pub indicator: &'a str,
    /// The period.
    pub period: Period,
    /// A grouping of sectors, or nothing.
    pub grouping: &'a str,
    /// A group of it, or nothing.
    pub group: &'a str,
    /// By which day a target is withdrawn.
    pub by: Date,
    /// Which targets were known then; now, if there is no instant.
    pub known_at: Option<OffsetDateTime>,
}

/// Reads a cascade from the unit down, at most so many levels.
pub async fn cascade(
    connection: &mut PgConnection,
    head: Uuid,
    of: Of<'_>,
    levels: usize,
) -> Result<Cascade, Failure> {
    let rows = sqlx::query_file_as!(
        Row,
        "src/ground/target/cascade.sql",
        head,
        of.indicator,
        of.period.from,
        of.period.until(),
        of.grouping,
        of.group,
        EARLIER_MAX + 1,
        levels > 1,
        of.known_at,
    )
    .fetch_all(connection)
    .await?;
    let targets = read_rows(rows)?;
    // Tens of thousands of targets may hang below a federation: not on a thread that others'
    // calls are waiting for.
    let by = of.by;
    let cascade = tokio::task::spawn_blocking(move || arrange(head, targets, levels, by)).await;
    Ok(cascade.context("arrange a cascade")?)
}

/// A target where it is shown.
struct Place {
    /// Under which other; none under the unit itself.
    under: Option<usize>,
    /// Which target.
    of: usize,
    share_basis_points: i64,
    shown_elsewhere: bool,
}

/// Arranges targets level by level, so that what a unit handed down is shown once, under the
/// first of its targets, the nearest to the top: there are as many places as targets, however
/// often units assign to each other. `targets` are revisions, newest first. What is withdrawn by the
/// day is shown, and asks for nothing.
fn arrange(head: Uuid, targets: Vec<Target>, levels: usize, by: Date) -> Cascade {
    let mut revisions: Vec<(Target, Vec<Target>)> = Vec::new();
    for target in targets {
        match revisions.last_mut() {
            Some((newest, earlier)) if newest.target_id == target.target_id => earlier.push(target),
            _ => revisions.push((target, Vec::new())),
        }
    }
    let mut assigned: Vec<Target> = revisions
        .iter()
        .map(|(target, _)| target)
        .filter(|target| target.organisation_id == head)
        .cloned()
        .collect();
    assigned.sort_by(|left, right| left.issuer.cmp(&right.issuer));

    let mut handed: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (number, (target, _)) in revisions.iter().enumerate() {
        if let Issuer::Organisation(issuer) = target.issuer
            && issuer != target.organisation_id
        {
            handed.entry(issuer).or_default().push(number);
        }
    }
    let sum_of = |unit: Uuid| -> i64 {
        handed.get(&unit).into_iter().flatten().map(|number| asks(&revisions[*number].0, by)).sum()
    };

    let mut places: Vec<Place> = Vec::new();
    let mut reached = 0;
    let mut met = BTreeSet::from([head]);
    // Whose targets come next, under which place, and how deep; a place that is not shown has
    // its units counted, and nothing more.
    let mut next: VecDeque<(Uuid, Option<usize>, usize, bool)> =
        VecDeque::from([(head, None, 0, true)]);
    while let Some((unit, under, level, shown)) = next.pop_front() {
        let Some(numbers) = handed.get(&unit) else { continue };
        reached += numbers.len();
        let values: Vec<i64> =
            numbers.iter().map(|number| asks(&revisions[*number].0, by)).collect();
        for (number, share) in numbers.iter().zip(basis_points(&values)) {
            let below = revisions[*number].0.organisation_id;
            let first = met.insert(below);
            let fits = shown && level < levels && places.len() < TARGETS_MAX;
            if fits {
                places.push(Place {
                    under,
                    of: *number,
                    share_basis_points: share,
                    shown_elsewhere: !first && handed.contains_key(&below),
                });
            }
            if first {
                let place = fits.then(|| places.len() - 1);
                next.push_back((below, place, level + 1, fits));
            }
        }
    }

    let left_off = reached - places.len();
    let mut nodes: Vec<Node> = places
        .iter()
        .map(|place| {
            let (target, earlier) = &revisions[place.of];
            let unit = target.organisation_id;
            Node {
                target: target.clone(),
                earlier: earlier.clone(),
                share_basis_points: place.share_basis_points,
                children: Vec::new(),
                handed_down: handed.get(&unit).map_or(0, Vec::len),
                children_sum: sum_of(unit),
                shown_elsewhere: place.shown_elsewhere,
                asks: asks(target, by),
            }
        })
        .collect();
    // Whatever hangs under a place stands behind it: from the last on, each is whole when it is
    // hung up.
    let mut children = Vec::new();
    for place in places.iter().rev() {
        let Some(mut node) = nodes.pop() else { break };
        node.children.reverse();
        match place.under.and_then(|under| nodes.get_mut(under)) {
            Some(above) => above.children.push(node),
            None => children.push(node),
        }
    }
    children.reverse();
    Cascade {
        assigned,
        children,
        children_sum: sum_of(head),
        handed_down: handed.get(&head).map_or(0, Vec::len),
        left_off,
        by,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::super::Comparator;
    use super::super::tests::target;
    use super::*;

    const END: Date = date!(2021 - 12 - 31);

    fn handed(issuer: u128, unit: u128, value: i64) -> Target {
        let year = (date!(2021 - 01 - 01), date!(2021 - 12 - 31));
        Target {
            issuer: Issuer::Organisation(Uuid::from_u128(issuer)),
            organisation_id: Uuid::from_u128(unit),
            ..target(year.0, year.1, value, Comparator::GreaterOrEqual)
        }
    }

    fn all(nodes: &[Node]) -> Vec<&Node> {
        nodes.iter().flat_map(|node| std::iter::once(node).chain(all(&node.children))).collect()
    }

    /// Every unit of a layer assigns to every unit of the next: 2^33 ways down.
    #[test]
    fn a_layered_cascade_shows_every_target_once() {
        let layers = 33_u128;
        let mut targets = vec![handed(1, 2, 5), handed(1, 3, 5)];
        for layer in 1..layers {
            for from in [layer * 2, layer * 2 + 1] {
                for to in [layer * 2 + 2, layer * 2 + 3] {
                    targets.push(handed(from, to, 1));
                }
            }
        }
        let count = targets.len();
        let cascade = arrange(Uuid::from_u128(1), targets.clone(), usize::MAX, END);
        let shown = all(&cascade.children);
        assert_eq!((shown.len(), cascade.left_off), (count, 0));
        let ids: BTreeSet<Uuid> = shown.iter().map(|node| node.target.target_id).collect();
        assert_eq!(ids.len(), count, "each once");
        assert_eq!(cascade.children_sum, 10);
        for node in shown {
            assert_eq!(node.shown_elsewhere, node.children.is_empty() && node.handed_down > 0);
            assert_eq!(node.children_sum, i64::try_from(node.handed_down).expect("few"));
        }
        let cut = arrange(Uuid::from_u128(1), targets, 3, END);
        assert_eq!(all(&cut.children).len() + cut.left_off, count);
        assert_eq!(all(&cut.children).len(), 2 + 4 + 4);
    }

    #[test]
    fn units_that_assign_to_each_other_end() {
        let targets = vec![handed(1, 2, 5), handed(2, 1, 3), handed(2, 2, 9)];
        let cascade = arrange(Uuid::from_u128(1), targets, LEVELS_MAX, END);
        assert_eq!(
            all(&cascade.children).len(),
            2,
            "what a unit asks of itself is not handed down"
        );
        assert_eq!(cascade.assigned.len(), 1);
    }
}
