//! `history.proto`.

use chassis::parse::{self, civil, id_or_empty, instant};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::ground::reading::Page;
use crate::ground::refused::Refused;
use crate::ground::wire::attributes::commune;
use crate::ground::wire::organisation::{as_of, organisation};
use crate::ground::wire::{code, optional_instant};
use crate::history::code_bearers::CodeBearer;
use crate::history::compare::{Compared, Comparison, Counts, Difference, Kind};
use crate::history::successions::{Direction, Succession};
use crate::history::timeline::{Attribute, Fact};

/// Whose timeline, known when, and whether with what was replaced.
pub fn timeline(
    request: &pb::GetOrganisationTimelineRequest,
) -> Result<(Uuid, Option<OffsetDateTime>, bool), Refusal> {
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, optional_instant("known_at", request.known_at)?, request.with_replaced))
}

/// The answer of [`timeline`].
pub fn facts(facts: Vec<Fact>) -> pb::GetOrganisationTimelineResponse {
    pb::GetOrganisationTimelineResponse { facts: facts.into_iter().map(fact).collect() }
}

fn fact(fact: Fact) -> pb::OrganisationFact {
    let attribute = match fact.attribute {
        Attribute::Founding => pb::OrganisationAttribute::Founding,
        Attribute::Superior => pb::OrganisationAttribute::Superior,
        Attribute::Name => pb::OrganisationAttribute::Name,
        Attribute::Code => pb::OrganisationAttribute::Code,
        Attribute::Type => pb::OrganisationAttribute::Type,
        Attribute::Sector => pb::OrganisationAttribute::Sector,
        Attribute::Industry => pb::OrganisationAttribute::Industry,
        Attribute::Status => pb::OrganisationAttribute::Status,
        Attribute::Ending => pb::OrganisationAttribute::Ending,
        Attribute::Territory => pb::OrganisationAttribute::Territory,
        Attribute::SealAndAccount => pb::OrganisationAttribute::SealAndAccount,
        Attribute::Alias => pb::OrganisationAttribute::Alias,
        Attribute::JointDirection => pb::OrganisationAttribute::JointDirection,
        Attribute::FoundingRoute => pb::OrganisationAttribute::FoundingRoute,
        Attribute::Recognition => pb::OrganisationAttribute::Recognition,
        Attribute::ExecutiveRecognition => pb::OrganisationAttribute::ExecutiveRecognition,
    };
    pb::OrganisationFact {
        attribute: attribute.into(),
        value: fact.value,
        short_name: fact.short_name,
        end_kind: fact.end_kind.map_or(pb::EndKind::Unspecified, pb::EndKind::from).into(),
        account_number: fact.account.number,
        account_bank: fact.account.bank,
        commune: fact.commune.map(commune),
        from_on: Some(civil(fact.from_on)),
        until_on: fact.until_on.map(civil),
        recorded_at: Some(instant(fact.recorded_at)),
        replaced_at: fact.replaced_at.map(instant),
        act_id: fact.act_id.to_string(),
        replaced_by_act_id: id_or_empty(fact.replaced_by),
        decision_id: id_or_empty(fact.decision_id),
    }
}

/// Whose successions, which way, known when.
pub fn successions(
    request: &pb::ListSuccessionsRequest,
) -> Result<(Uuid, Direction, Option<OffsetDateTime>), Refusal> {
    let direction = match request.direction() {
        pb::SuccessionDirection::Unspecified => return Err(parse::required("direction")),
        pb::SuccessionDirection::Predecessors => Direction::Predecessors,
        pb::SuccessionDirection::Successors => Direction::Successors,
    };
    let organisation_id = parse::id("organisation_id", &request.organisation_id)?;
    Ok((organisation_id, direction, optional_instant("known_at", request.known_at)?))
}

/// The answer of [`successions`].
pub fn successions_page(page: Page<Succession>) -> pb::ListSuccessionsResponse {
    let succession = |one: Succession| pb::Succession {
        predecessor_id: one.predecessor_id.to_string(),
        successor_id: one.successor_id.to_string(),
        end_kind: one.end_kind.map_or(pb::EndKind::Unspecified, pb::EndKind::from).into(),
        effective_on: Some(civil(one.succeeded_on)),
        principal: one.principal,
        share: one.share,
        share_whole: one.share_whole,
        split_off: one.end_kind.is_none(),
        distance: one.distance,
        decision_id: id_or_empty(one.decision_id),
    };
    pb::ListSuccessionsResponse {
        successions: page.rows.into_iter().map(succession).collect(),
        next_page_token: page.next_page_token,
    }
}

/// Which trees are compared; time runs from the first to the second.
pub fn comparison(request: &pb::CompareTreesRequest, today: Date) -> Result<Comparison, Refusal> {
    let root_id = parse::id("organisation_id", &request.organisation_id)?;
    let from =
        as_of(["from_as_of", "from_known_at"], request.from_as_of, request.from_known_at, today)?;
    let to = as_of(["to_as_of", "to_known_at"], request.to_as_of, request.to_known_at, today)?;
    if to.on < from.on {
        let refused =
            Refused::ComparisonReversed { from: from.on.to_string(), to: to.on.to_string() };
        return Err(refused.refusal().field("to_as_of"));
    }
    // What is known now comes after all that was known before.
    let reversed = match (from.known_at, to.known_at) {
        (_, None) => None,
        (Some(from), Some(to)) if from <= to => None,
        (from, Some(to)) => Some((from, to)),
    };
    if let Some((from, to)) = reversed {
        let from = from.map_or_else(|| "now".to_string(), |from| from.to_string());
        let refused = Refused::ComparisonReversed { from, to: to.to_string() };
        return Err(refused.refusal().field("to_known_at"));
    }
    Ok(Comparison { root_id, from, to, kind: asked_kind(request.kind()) })
}

fn asked_kind(kind: pb::TreeDifferenceKind) -> Option<Kind> {
    Some(match kind {
        pb::TreeDifferenceKind::Unspecified => return None,
        pb::TreeDifferenceKind::Founded => Kind::Founded,
        pb::TreeDifferenceKind::Ended => Kind::Ended,
        pb::TreeDifferenceKind::MovedIn => Kind::MovedIn,
        pb::TreeDifferenceKind::MovedOut => Kind::MovedOut,
        pb::TreeDifferenceKind::Moved => Kind::Moved,
        pb::TreeDifferenceKind::Renamed => Kind::Renamed,
        pb::TreeDifferenceKind::CodeChanged => Kind::CodeChanged,
        pb::TreeDifferenceKind::TypeChanged => Kind::TypeChanged,
        pb::TreeDifferenceKind::SectorChanged => Kind::SectorChanged,
        pb::TreeDifferenceKind::IndustryChanged => Kind::IndustryChanged,
        pb::TreeDifferenceKind::StatusChanged => Kind::StatusChanged,
        pb::TreeDifferenceKind::EndingCorrected => Kind::EndingCorrected,
        pb::TreeDifferenceKind::FoundingCorrected => Kind::FoundingCorrected,
    })
}

fn kind(kind: Kind) -> pb::TreeDifferenceKind {
    match kind {
        Kind::Founded => pb::TreeDifferenceKind::Founded,
        Kind::Ended => pb::TreeDifferenceKind::Ended,
        Kind::MovedIn => pb::TreeDifferenceKind::MovedIn,
        Kind::MovedOut => pb::TreeDifferenceKind::MovedOut,
        Kind::Moved => pb::TreeDifferenceKind::Moved,
        Kind::Renamed => pb::TreeDifferenceKind::Renamed,
        Kind::CodeChanged => pb::TreeDifferenceKind::CodeChanged,
        Kind::TypeChanged => pb::TreeDifferenceKind::TypeChanged,
        Kind::SectorChanged => pb::TreeDifferenceKind::SectorChanged,
        Kind::IndustryChanged => pb::TreeDifferenceKind::IndustryChanged,
        Kind::StatusChanged => pb::TreeDifferenceKind::StatusChanged,
        Kind::EndingCorrected => pb::TreeDifferenceKind::EndingCorrected,
        Kind::FoundingCorrected => pb::TreeDifferenceKind::FoundingCorrected,
    }
}

/// The answer of [`comparison`].
pub fn compared(compared: Compared) -> pb::CompareTreesResponse {
    let difference = |one: Difference| pb::TreeDifference {
        organisation_id: one.organisation_id.to_string(),
        kinds: one.kinds.into_iter().map(|one| kind(one).into()).collect(),
        before: one.before.map(organisation),
        after: one.after.map(organisation),
    };
    let Counts { mut by_kind, before, after } = compared.counts.unwrap_or_default();
    by_kind.sort_by_key(|(one, _)| i32::from(kind(*one)));
    let count = |(one, organisations): (Kind, i32)| pb::compare_trees_response::Count {
        kind: kind(one).into(),
        organisations,
    };
    pb::CompareTreesResponse {
        differences: compared.differences.into_iter().map(difference).collect(),
        next_page_token: compared.next_page_token,
        counts: by_kind.into_iter().map(count).collect(),
        organisations_before: before,
        organisations_after: after,
    }
}

/// Whose bearers, known when.
pub fn code_bearers(
    request: &pb::ListCodeBearersRequest,
) -> Result<(String, Option<OffsetDateTime>), Refusal> {
    Ok((code("code", &request.code)?, optional_instant("known_at", request.known_at)?))
}

/// The answer of [`code_bearers`].
pub fn bearers(bearers: Vec<CodeBearer>) -> pb::ListCodeBearersResponse {
    let bearer = |one: CodeBearer| pb::CodeBearer {
        organisation_id: one.organisation_id.to_string(),
        from_on: Some(civil(one.from_on)),
        until_on: one.until_on.map(civil),
    };
    pb::ListCodeBearersResponse { bearers: bearers.into_iter().map(bearer).collect() }
}
