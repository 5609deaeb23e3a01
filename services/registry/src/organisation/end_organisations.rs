//! Ending units: dissolved, merged, consolidated, divided or terminated; one, or tens of
//! thousands, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chassis::database::{Act, Acting};
use chassis::refusal::Failure;
use feeds::registry::{EndKind, EndedSeat, EndedUnit, Event, MembersOutcome, Shares};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::ground::attributes::leave_behind;
use crate::ground::basis::{self, Basis};
use crate::ground::life::{self, Changed};
use crate::ground::refused::{Refused, refuse_repeated};
use crate::ground::rules::Rules;
use crate::ground::seats;
use crate::ground::succession::{self, Succession};
use crate::ground::tree::{self, Move, Scope, Standing, later_than};
use crate::organisation::hand_over_organisations::directed_beside;

/// A unit to be ended.
#[derive(Clone, Debug)]
pub struct EndingUnit {
    /// The unit.
    pub organisation_id: Uuid,
    /// How it ends.
    pub kind: EndKind,
    /// The one heir.
    pub principal_successor_id: Option<Uuid>,
    /// Who inherits which share of its quotas; the principal successor is among them.
    pub shares: Shares,
    /// What becomes of its members.
    pub members_outcome: MembersOutcome,
    /// Who takes over its direct subordinates; none where there are none.
    pub subordinates_to_id: Option<Uuid>,
}

impl EndingUnit {
    /// Everybody who takes something over, under the name of the field that says so.
    fn heirs(&self) -> impl Iterator<Item = (String, Uuid)> {
        let named = [
            ("principal_successor_id", self.principal_successor_id),
            ("rehome_to_id", self.members_outcome.rehome_to_id()),
            ("subordinates_to_id", self.subordinates_to_id),
        ];
        let others = self
            .shares
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| Some(part.organisation_id) != self.principal_successor_id)
            .map(|(n, part)| (format!("successors[{n}].organisation_id"), part.organisation_id));
        named
            .into_iter()
            .filter_map(|(part, heir_id)| heir_id.map(|heir_id| (part.to_string(), heir_id)))
            .chain(others)
    }
}

/// Units to be ended together.
#[derive(Debug)]
pub struct EndOrganisations {
    /// At least one, none twice.
    pub units: Vec<EndingUnit>,
    /// The first day on which they no longer exist; none means the decision's date.
    pub effective_on: Option<Date>,
    /// The decision.
    pub basis: Basis,
}

/// What the act answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The decision, recorded now or before.
    pub decision_id: Option<Uuid>,
    /// How many units ended.
    pub units: usize,
    /// How many of their subordinates were handed over.
    pub handed_over: usize,
}

fn field(n: usize) -> String {
    format!("units[{n}]")
}

impl Act for EndOrganisations {
    type Answer = Ended;

    async fn perform(self, acting: &mut Acting) -> Result<Ended, Failure> {
        refuse_repeated(self.units.iter().map(|unit| unit.organisation_id), field)?;
        let on = basis::effective_on(
            acting,
            self.units[0].organisation_id,
            Some(&self.basis),
            self.effective_on,
        )
        .await?;
        let unit_ids: Vec<Uuid> = self.units.iter().map(|unit| unit.organisation_id).collect();
        let named: Vec<(String, Uuid)> =
            unit_ids.iter().enumerate().map(|(n, unit_id)| (field(n), *unit_id)).collect();
        tree::lock_moves(acting, &named).await?;
        tree::take(acting, &unit_ids).await?;

        let ended = ended_units(acting, &self.units, &unit_ids, on).await?;
        let heirs = living_heirs(acting, &self.units, &unit_ids, on).await?;
        let moves = leaving_subordinates(acting, &self.units, &unit_ids, &heirs, on).await?;

        let first_id = ended[0].organisation_id;
        // The Confederation, which alone has no superior, does not end.
        let issuer_id = ended[0].last_superior_id.unwrap_or(first_id);
        let decision_id = basis::record(acting, Some(self.basis), issuer_id, first_id).await?;
        hand_over(acting, &moves, on, decision_id).await?;
        write_ends(acting, &ended, &unit_ids, on, decision_id).await?;
        acting.publish_all(Event::Ended(ended).on(on, decision_id));

        let seats = sqlx::query_as!(
            EndedSeat,
            "select office_id, organisation_id, person_id from office
             where organisation_id = any($1::uuid[]) and upper_inf(recorded)
               and (upper_inf(valid) or upper(valid) > $2)
             order by organisation_id, office_id",
            &unit_ids,
            on,
        )
        .fetch_all(acting.db())
        .await?;
        seats::end(acting, "units", &seats, on, decision_id).await?;
        seats::end_assignments(acting, &[], &unit_ids, on, decision_id).await?;
        Ok(Ended { decision_id, units: unit_ids.len(), handed_over: moves.moves.len() })
    }
}

/// Each unit lives, is no Confederation, and nothing is known of it that begins later.
async fn ended_units(
    acting: &mut Acting,
    units: &[EndingUnit],
    unit_ids: &[Uuid],
    on: Date,
) -> Result<Vec<EndedUnit>, Failure> {
    let known = tree::standings(acting, unit_ids, on, Scope::BySuperior).await?;
    let mut ended = Vec::with_capacity(units.len());
    for (n, unit) in units.iter().enumerate() {
        let Some(standing) = known.get(&unit.organisation_id) else {
            return Err(tree::unknown(acting, &field(n), unit.organisation_id).await);
        };
        // An end is known once.
        if let Some(ended_on) = standing.ended_on {
            let organisation_id = unit.organisation_id;
            return Err(Refused::OrganisationEnded { organisation_id, ended_on }.at(field(n)));
        }
        let last_superior_id = standing
            .lives_on(on)
            .and_then(|()| standing.superior_id.ok_or(Refused::ConfederationFixed))
            .map_err(|refused| refused.at(field(n)))?;
        ended.push(EndedUnit {
            organisation_id: unit.organisation_id,
            kind: unit.kind,
            principal_successor_id: unit.principal_successor_id,
            shares: unit.shares.clone(),
            last_superior_id: Some(last_superior_id),
            members_outcome: unit.members_outcome,
        });
    }
    life::refuse_later(acting, field, unit_ids, on).await?;
    Ok(ended)
}

/// Whoever inherits, takes over members or subordinates lives on that date.
async fn living_heirs(
    acting: &mut Acting,
    units: &[EndingUnit],
    unit_ids: &[Uuid],
    on: Date,
) -> Result<HashMap<Uuid, Standing>, Failure> {
    let heir_ids: BTreeSet<Uuid> =
        units.iter().flat_map(EndingUnit::heirs).map(|(_, heir_id)| heir_id).collect();
    let heir_ids: Vec<Uuid> = heir_ids.into_iter().collect();
    tree::lean_on(acting, &heir_ids).await?;
    let heirs = tree::standings(acting, &heir_ids, on, Scope::Itself).await?;

    let ending: HashSet<Uuid> = unit_ids.iter().copied().collect();
    for (n, unit) in units.iter().enumerate() {
        for (part, heir_id) in unit.heirs() {
            let at = format!("{}.{part}", field(n));
            let Some(heir) = heirs.get(&heir_id) else {
                return Err(tree::unknown(acting, &at, heir_id).await);
            };
            if ending.contains(&heir_id) || heir.lives_on(on).is_err() {
                return Err(Refused::SuccessorNotLiving { organisation_id: heir_id }.at(at));
            }
        }
        // A suspended union admits nobody, members of an ended one included.
        if let Some(rehome_to_id) = unit.members_outcome.rehome_to_id()
            && let Some(heir) = heirs.get(&rehome_to_id)
        {
            heir.is_directed()
                .map_err(|refused| refused.at(format!("{}.rehome_to_id", field(n))))?;
        }
    }
    Ok(heirs)
}

/// Subordinates that leave units that end.
#[derive(Debug, Default)]
struct Leaving {
    moves: Vec<Move>,
    /// Those of which, or of whose new superior, something is known to come.
    met: Vec<Uuid>,
}

/// The subordinates that the ending units still have on or after that date, and that do not
/// end with them: each goes where its unit's end says.
async fn leaving_subordinates(
    acting: &mut Acting,
    units: &[EndingUnit],
    unit_ids: &[Uuid],
    heirs: &HashMap<Uuid, Standing>,
    on: Date,
) -> Result<Leaving, Failure> {
    let living = sqlx::query!(
        r#"select organisation_id, superior_id, lower(valid) as "from_on!"
           from organisation_parent
           where superior_id = any($1::uuid[]) and upper_inf(recorded)
             and (upper_inf(valid) or upper(valid) > $2)
             and organisation_id <> all($1::uuid[])
           order by organisation_id"#,
        unit_ids,
        on,
    )
    .fetch_all(acting.db())
    .await?;
    if living.is_empty() {
        return Ok(Leaving::default());
    }
    let mut by_superior: HashMap<Uuid, Vec<(Uuid, Date)>> = HashMap::new();
    for subordinate in &living {
        let since = (subordinate.organisation_id, subordinate.from_on);
        by_superior.entry(subordinate.superior_id).or_default().push(since);
    }

    let subordinate_ids: Vec<Uuid> = living.iter().map(|one| one.organisation_id).collect();
    tree::take(acting, &subordinate_ids).await?;
    let standings = tree::standings(acting, &subordinate_ids, on, Scope::BySuperior).await?;
    let rules = Rules::read(acting.db()).await?;
    let mut moves = Leaving { moves: Vec::with_capacity(living.len()), met: Vec::new() };
    for (n, unit) in units.iter().enumerate() {
        let Some(leaving) = by_superior.get(&unit.organisation_id) else { continue };
        let Some(to) = unit.subordinates_to_id.and_then(|id| heirs.get(&id)) else {
            let organisation_id = unit.organisation_id;
            let subordinates = leaving.len();
            return Err(Refused::SubordinatesLiving { organisation_id, subordinates }.at(field(n)));
        };
        let at = format!("{}.subordinates_to_id", field(n));
        for (organisation_id, since) in leaving {
            let Some(subordinate) = standings.get(organisation_id) else {
                return Err(tree::unknown(acting, &at, *organisation_id).await);
            };
            if *organisation_id == to.organisation_id {
                let refused = Refused::WouldFormCycle { organisation_id: *organisation_id };
                return Err(refused.at(&at));
            }
            // One that is known to come to stand there only later has nowhere to leave from.
            later_than(*organisation_id, *since, on)
                .and_then(|()| subordinate.lives_on(on))
                .and_then(|()| subordinate.may_change_place(on))
                .map_err(|refused| refused.at(&at))?;
            to.may_have_subordinates(on, subordinate.place_until)
                .and_then(|()| rules.may_stand_under(&subordinate.type_code, &to.type_code, on))
                .map_err(|refused| refused.at(&at))?;
            if subordinate.has_later_life()
                || subordinate.place_until.is_some()
                || to.has_later_life()
            {
                moves.met.push(*organisation_id);
            }
            moves.moves.push(Move {
                organisation_id: *organisation_id,
                from_superior_id: unit.organisation_id,
                superior_id: to.organisation_id,
            });
        }
    }
    Ok(moves)
}

async fn hand_over(
    acting: &mut Acting,
    leaving: &Leaving,
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let moves = &leaving.moves;
    if moves.is_empty() {
        return Ok(());
    }
    if let Some(organisation_id) = tree::move_units(acting, moves, on).await? {
        return Err(Refused::WouldFormCycle { organisation_id }.at("units"));
    }
    let mut by_superior: BTreeMap<Uuid, Vec<Move>> = BTreeMap::new();
    for one in moves {
        by_superior.entry(one.superior_id).or_default().push(*one);
    }
    let mut met = leaving.met.clone();
    for (superior_id, moves) in &by_superior {
        let unit_ids: Vec<Uuid> = moves.iter().map(|one| one.organisation_id).collect();
        met.extend(directed_beside(acting, &unit_ids, *superior_id, on).await?);
    }
    if !met.is_empty() {
        life::refuse_contradictions(acting, "units", &met, Changed::OtherThings).await?;
    }
    for (superior_id, moves) in by_superior {
        acting.publish_all(tree::handed_over(superior_id, &moves).on(on, decision_id));
    }
    life::tell_lives(acting, &leaving.met, on, decision_id).await
}

async fn write_ends(
    acting: &mut Acting,
    ended: &[EndedUnit],
    unit_ids: &[Uuid],
    on: Date,
    decision_id: Option<Uuid>,
) -> Result<(), Failure> {
    let kinds: Vec<&str> = ended.iter().map(|unit| unit.kind.code()).collect();
    let successor_ids: Vec<Option<Uuid>> =
        ended.iter().map(|unit| unit.principal_successor_id).collect();
    let superior_ids: Vec<Option<Uuid>> = ended.iter().map(|unit| unit.last_superior_id).collect();
    let outcomes: Vec<&str> = ended.iter().map(|unit| unit.members_outcome.code()).collect();
    let rehome_to_ids: Vec<Option<Uuid>> =
        ended.iter().map(|unit| unit.members_outcome.rehome_to_id()).collect();
    let (act_id, acted_at) = (acting.act_id, acting.acted_at);
    sqlx::query_file!(
        "src/organisation/end_organisations.sql",
        unit_ids,
        &kinds as &[&str],
        &successor_ids as &[Option<Uuid>],
        &superior_ids as &[Option<Uuid>],
        &outcomes as &[&str],
        &rehome_to_ids as &[Option<Uuid>],
        on,
        decision_id,
        acted_at,
        act_id,
    )
    .execute(acting.db())
    .await?;
    leave_behind(acting, unit_ids, on).await?;
    let successions: Vec<Succession<'_>> = ended
        .iter()
        .map(|unit| Succession {
            predecessor_id: unit.organisation_id,
            kind: unit.kind.code(),
            principal_id: unit.principal_successor_id,
            shares: &unit.shares,
        })
        .collect();
    succession::record(acting, &successions, on).await?;
    tree::change_status(acting, unit_ids, tree::ENDED, on).await
}
