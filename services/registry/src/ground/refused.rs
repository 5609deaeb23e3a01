//! Why registry refuses: one closed list, each kind with what its refusals give.
//!
//! What each means, its code and its sentences are in `proto/congdoan/registry/v1/reason.proto`.

use std::collections::HashSet;

use chassis::refusal::{Failure, Refusal};
use proto::registry::v1::Reason;
use time::Date;
use uuid::Uuid;

use crate::ground::reference::Fault;

chassis::refusals! {
    /// What was wrong with a request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Refused of Reason {
        OrganisationUnknown { organisation_id: Uuid },
        OrganisationCodeUnknown as OrganisationUnknown { code: String },
        OrganisationTypeUnknown { type_code as "type": String },
        OrganisationTypeNotInForce { type_code as "type": String, on: Date },
        SectorUnknown { sector: String },
        SectorRequired { type_code as "type": String },
        SectorNotAllowed { type_code as "type": String },
        IndustryUnknown { industry: String },
        IndustryNotInForce { industry: String, on: Date },
        SuperiorRequired,
        SuperiorTypeNotAllowed { type_code as "type": String, superior_type: String, on: Date },
        SuperiorSuspended { organisation_id: Uuid },
        SuperiorEnded { organisation_id: Uuid, ended_on: Date },
        OrganisationSuspended { organisation_id: Uuid },
        OrganisationNotSuspended { organisation_id: Uuid },
        OrganisationEnded { organisation_id: Uuid, ended_on: Date },
        ConfederationFixed,
        DateRequired,
        DateOutsideLife { on: Date, from: Date },
        DateInFuture { on: Date, today: Date },
        EffectiveDateTooFar { on: Date, limit: Date },
        LaterActKnown { subject_id as "organisation_id": Uuid, later_on: Date },
        DecisionUnknown { decision_id: Uuid },
        DecisionRequired,
        DecisionExists { decision_id: Uuid },
        DecisionInFuture { issued_on: Date, today: Date },
        CodeInvalid,
        CodeTaken { code: String },
        NameRequired,
        FoundersTooFew { type_code as "type": String, founders: i32, minimum: i32 },
        ApplicantRepeated { applicant_id: Uuid },
        TooManyApplicants { applicants: usize, limit: usize },
        TooManyFounders as TooManyApplicants { founders as "applicants": i32, limit: i32 },
        UnitsEmpty,
        TooManyUnits { units: usize, limit: usize },
        UnitRepeated { organisation_id: Uuid },
        AlreadySubordinate { organisation_id: Uuid },
        WouldFormCycle { organisation_id: Uuid },
        SubordinatesLiving { organisation_id: Uuid, subordinates: usize },
        EndKindRequired,
        SuccessorRequired { organisation_id: Uuid },
        SuccessorNotLiving { organisation_id: Uuid },
        MembersOutcomeRequired,
        RehomeRequired { organisation_id: Uuid },
        RehomeNotAllowed { organisation_id: Uuid },
        LoadHeaderMissing,
        LinesEmpty,
        TooManyLines { limit: usize },
        LinesRefused { refused: usize },
        LoadLinesMissing { first_line: usize },
        SuperiorNotBefore { code: String },
        ChangesOutOfOrder { on: Date, after: Date },
        LineRepeated { code: String },
        CongressExists { ordinal: i32, last: i32 },
        CongressFormUnknown { form: String },
        OrdinalInvalid { ordinal: i32 },
        TermInvalid { from: i32, to: i32 },
        TermReasonRequired { years: i32 },
        BodyUnknown { body: String },
        PositionUnknown { body: String, position: String },
        OfficesEmpty,
        TooManyOffices { offices: usize, limit: usize },
        SeatRepeated { body: String, position: String },
        SeatTaken { body: String },
        TermUntilInvalid,
        OfficeUnknown { office_id: Uuid },
        OfficeEnded { office_id: Uuid },
        CeremonyUnknown { ceremony_id: Uuid },
        CeremonyKindUnknown { kind: String },
        EmployerUnknown { employer_id: Uuid },
        EmployersEmpty,
        TooManyEmployers { employers: usize, limit: usize },
        EmployerRepeated { employer_id: Option<Uuid> },
        EmployerSurveyedLater { employer_id: Uuid, later_on: Date },
        WorkforceInvalid { workforce: i32 },
        EnterpriseTypeUnknown { enterprise_type: String },
        TaxCodeInvalid,
        TaxCodeTaken,
        TaxCodeQuotaExhausted { most: i32 },
        StageUnknown { stage: String },
        StageOutOfOrder { stage: String, standing: String },
        UnionRequired,
        UnionNotAllowed { stage: String },
        BlockReasonRequired { stage: String },
        SteeringCommitteeUnknown { steering_committee_id: Uuid },
        AssignmentUnknown { assignment_id: Uuid },
        AssignmentExists { office_id: Uuid, organisation_id: Uuid },
        AssignmentEnded { assignment_id: Uuid },
        RoleUnknown { role: String },
        PermissionUnknown { permission: String },
        GrantUnknown { grant_id: Uuid },
        GrantExists,
        GrantEnded { grant_id: Uuid },
        GrantDatesInvalid { today: Date },
        GrantToOneself { role: String },
        GrantExceedsOwn { role: String, organisation_id: Uuid },
        RecognitionKindRequired,
        RecognitionExists { recognised_on: Date },
        AlreadyOfType { type_code as "type": String },
        SubordinateTypeNotAllowed { type_code as "type": String, superior_type: String, on: Date },
        TerritoryHeld { organisation_id: Uuid },
        ShareInvalid { share: i32, whole: i32 },
        SharesNotWhole { shares: i64, whole: i32 },
        SuccessorRepeated { organisation_id: Uuid },
        PrincipalNotSuccessor { organisation_id: Uuid },
        OneSuccessorOnly { organisation_id: Uuid },
        FoundingRouteUnfit,
        CongressOrdinalWrong { ordinal: i32, expected: i32 },
        TerritoryUnchanged,
        TooManyCommunes { communes: usize, limit: usize },
        CommuneUnknown { commune: String, on: Date },
        CommuneRepeated { commune: String },
        CommuneTaken { commune: String },
        CommuneHeld { commune: String },
        CommuneNotHeld { commune: String },
        TerritoryNotAllowed { type_code as "type": String },
        SealRequired,
        AccountInvalid,
        AliasesUnchanged,
        TooManyAliases { aliases: usize, limit: usize },
        AliasExists,
        AliasUnknown,
        JointDirectionExists { director_id: Uuid },
        JointDirectionUnknown { director_id: Uuid },
        DirectorIsSuperior { director_id: Uuid },
        DocumentKindUnknown { kind: String },
        PlanUnknown { plan_id: Uuid },
        PlanClosed { plan_id: Uuid },
        PlanEmpty { plan_id: Uuid },
        PlanNotCommitted { plan_id: Uuid },
        DryRunRequired { plan_id: Uuid },
        PlanHasConflicts { conflicts: i64 },
        PlanOutdated { units: usize },
        PlanStepOutdated as PlanOutdated { field: String, step: &'static str },
        StepsHeaderMissing,
        StepsEmpty,
        StepKindRequired,
        StepLineInvalid { line: i32 },
        StepExists { line: i32 },
        StepUnknown { line: i32 },
        StepFieldNotAllowed { kind: &'static str },
        OperationUnknown { name: String },
        OperationUnderWay { plan_id: Uuid },
        OperationAbandoned { attempts: i32 },
        ActUnknown { act_id: Uuid },
        ActUndone { act_id: Uuid },
        ActNotUndoable { act_id: Uuid },
        LaterActsRest { act_id: Uuid, act_ids: Vec<Uuid>, organisation_ids: Vec<Uuid> },
        SuperiorNotLiving { organisation_id: Uuid, superior_id: Uuid, on: Date },
        LifeContradicted { organisation_id: Uuid, on: Option<Date> },
        AttributeRequired,
        StatusNotCorrectable { status: String },
        PeriodInvalid { from: Date, until: Option<Date> },
        CorrectionReasonRequired,
        CorrectionChangesNothing { organisation_id: Uuid },
        MemberCountRequired { type_code as "type": String, on: Date },
        MemberCountInvalid { members: i32 },
        CongressFormNotAllowed { form: String, members: i32, delegates_from: i32 },
        BodyTooLarge { body: String, seats: i32, most: i32, allowed: i32 },
        BodyTooSmall { body: String, seats: i32, least: i32 },
        SeatsExceeded { body: String, seats: i32, decided: i32 },
        CoOptedTooMany { co_opted: i64, limit: i32 },
        ConsentNotSuperiors { decision_id: Uuid },
        BodySizeInvalid { body: String },
        MergerUnknown { organisation_id: Uuid },
        CandidatesEmpty,
        CandidateRepeated { person_id: Uuid },
        SecondmentUnknown { secondment_id: Uuid },
        SecondmentEnded { secondment_id: Uuid },
        SecondmentExists { person_id: Uuid },
        SecondmentToItself { organisation_id: Uuid },
        SecondmentDatesInvalid { from: Date, until: Date },
        SearchIndexUnready,
        ComparisonReversed { from: String, to: String },
        ReferenceLineInvalid { line: u64, column: String, fault: Fault },
        ReferenceVersionEarlier { last: Date },
    }
}

/// So many bad lines are named in one refusal.
pub const REFUSALS_MAX: usize = 100;

/// Refuses a unit that is named twice; `field` names the n-th.
pub fn refuse_repeated(
    unit_ids: impl IntoIterator<Item = Uuid>,
    field: impl Fn(usize) -> String,
) -> Result<(), Failure> {
    let mut named = HashSet::new();
    for (n, organisation_id) in unit_ids.into_iter().enumerate() {
        if !named.insert(organisation_id) {
            return Err(Refused::UnitRepeated { organisation_id }.at(field(n)));
        }
    }
    Ok(())
}

/// Refuses a load for its bad lines, each named with its own reason, if there are any.
pub fn lines_refused(count: usize, refusals: Vec<Refusal>) -> Result<(), Failure> {
    if count == 0 {
        return Ok(());
    }
    let more = count.saturating_sub(refusals.len());
    let whole = Refused::LinesRefused { refused: count }.refusal().and_more(more);
    Err(refusals.into_iter().fold(whole, Refusal::and).into())
}

#[cfg(test)]
mod tests {
    use proto::reason::Reason as _;

    use super::*;

    #[test]
    fn every_sentence_is_filled_by_what_its_refusals_give() {
        chassis::refusal::testing::assert_filled(&Refused::all());
    }

    /// A conflict of a plan is told in few words, and refused for by nobody else than its step.
    #[test]
    fn every_reason_that_a_plan_is_checked_for_has_few_words() {
        let checks = include_str!("../plan/steps/check.sql");
        let reasons = checks.split('\'').filter(|word| {
            word.len() > 8
                && word.contains('_')
                && word.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b'_')
        });
        let others = ["HAND_OVER", "CHANGE_TYPE"];
        let mut found = 0;
        for reason in reasons.filter(|reason| !others.contains(reason)) {
            found += 1;
            let told = proto::reason::find(Reason::DOMAIN, reason);
            assert!(told.is_some_and(|told| told.brief.is_some()), "{reason} is told by its name");
        }
        assert!(found > 20, "only {found} were found");
    }
}
