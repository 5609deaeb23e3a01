//! Why reporting refuses: a closed list, each kind with what its refusals give.
//!
//! What each means, its code and its sentences are in `proto/congdoan/reporting/v1/reason.proto`.

use proto::reporting::v1::Reason;
use time::Date;
use uuid::Uuid;

chassis::refusals! {
    /// Why reporting refuses a request.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Refused of Reason {
        OrganisationUnknown { field: String, organisation_id: Uuid },
        DecisionUnknown { decision_id: Uuid } at "decision_id",
        ParameterRepeated { field: String, parameter: String },
        IndicatorUnknown { field: String, indicator: String },
        PeriodReversed { field: String, from as "from_on": Date, through as "through_on": Date },
        SectorGroupingUnknown { grouping as "sector_grouping": String } at "sector_grouping",
        SectorGroupUnknown { grouping as "sector_grouping": String, group as "sector_group": String } at "sector_group",
        ListTooLong { field: &'static str, entries: usize, limit: usize },
        FieldTooLong as ListTooLong { field: String, entries: usize, limit: usize },
        ListEmpty { field: &'static str },
        LineRepeated { field: String, first: usize },
        TargetIssuerAmbiguous { field: &'static str },
        TargetUnknown { target_id: Uuid } at "target_id",
        TargetWithdrawn { withdrawn_on: Date } at "target_id",
        TargetAssignedLate { through: Date } at "assigned_on",
        TargetNotHeld { field: &'static str, from as "from_on": Date, through as "through_on": Date },
        TargetRepeated { field: String, first: usize },
        TargetNotDivisible { indicator: String } at "target_id",
        NotSubordinate { field: String, organisation_id: Uuid, on: Date },
        TargetSumUnequal { sum: i64, total: i64 } at "total",
        TargetWeightsUnfit { field: String, limit: i64 },
        TargetsTooMany { limit: i64 } at "indicator",
        TargetComparatorUnfit { field: &'static str, indicator: String },
        TargetValueOutOfRange { field: String, limit: i64 },
        RatingSchemeUnknown { scheme: String } at "scheme",
        RatingSchemeNotOfYear { scheme: String, year: i32, in_force: String } at "scheme",
        RatingYearOutOfRange { year: i32 } at "year",
        RatingGradeUnknown { field: String, scheme: String, grade: String },
        RatingSchemeUnfit { field: String },
        RatingSchemeGradesDiffer { scheme: String } at "grades",
        RatingSchemeTaken { scheme: String } at "code",
        RatingPeriodUnfit { field: &'static str, year: i32 },
        RatingDueDisordered { field: &'static str, on: Date, earlier: Date },
        RatingRoundUnknown { round_id: Uuid } at "round_id",
        RatingRoundEmpty { listed: i64 } at "organisation_id",
        RatingRoundEnded { ended_on: Date } at "round_id",
        RatingNotEligible { field: String, why: String },
        RatingStateUnfit { field: String, state: &'static str, needed: &'static str },
        RatingCriterionUnfit { field: String, criterion: String },
        RatingPointsOutOfRange { field: String, criterion: String, limit: i32 },
        RatingOfOwnUnion { field: String },
        RatingAppealLate { through as "through_on": Date } at "organisation_id",
        RatingRoundNotFinished { unions: i64 } at "round_id",
        OrganisationNotGrassroots { field: String, organisation_type as "type": String },
        ActivityUnknown { activity_id: Uuid } at "activity_id",
        ActivityKindUnknown { field: String, kind: String },
        ActivityKindDiffers { field: String, kind: String, other: String },
        ActivityCountOutOfRange { field: String, limit: i32 },
        ActivityInFuture { field: String, held_on: Date },
        ActivityFieldUnknown { field: String, kind: String, name: String },
        ActivityFieldRepeated { field: String, name: String },
        ActivityFieldMisfit { field: String, name: String, value as "type": &'static str, limit: i64 },
        ActivityDatesDisordered { field: String, name: String, on: Date, earlier: Date },
        ActivityOrganisationUnfit { field: String, organisation_type as "type": String },
        ActivityUndone { activity_id: Uuid } at "activity_id",
        ActivityChanged { revision: i32 } at "revision",
        ActivityChangesNothing { activity_id: Uuid } at "activity",
        ActivityCorrectedTooOften { limit: i32 } at "activity_id",
        EmployerUnknown { field: String, employer_id: Uuid },
        DocumentUnknown as DecisionUnknown { field: String, decision_id: Uuid },
        KnownAtInFuture at "known_at",
        TemplateUnknown { template: String } at "template",
        ParameterUnknown { field: String, parameter: String },
        ParameterMalformed { field: String, parameter: String },
        PeriodicReportFormUnknown { field: String, form: String },
        PeriodicReportFormMalformed { field: String, code: String },
        PeriodicReportFormsUnfit { field: String, form: String },
        PeriodicReportDatesUnfit { field: String, on: Date, other: Date },
        PeriodicReportersNone { on: Date } at "organisation_id",
        PeriodicReportDigestMalformed { field: String },
        PeriodicReportOpened { opening_id: Uuid } at "forms",
        PeriodicReportOpeningUnknown { opening_id: Uuid } at "opening_id",
        PeriodicReportOpeningWithdrawn { opening_id: Uuid } at "opening_id",
        PeriodicReportOpeningUsed { submitted: i64 } at "opening_id",
        PeriodicReportUnknown { report_id: Uuid } at "report_id",
        PeriodicReportStateUnfit { state: &'static str, step: &'static str, allowed: String } at "report_id",
        PeriodicReportChanged { revision: i32 } at "revision",
        PeriodicReportRowUnknown { field: String, row: String },
        PeriodicReportReasonMissing { field: String, row: String, computed: i64 },
        PeriodicReportValueOutOfRange { field: String, limit: i64 },
        PeriodicReportCellClosed { field: String, row: String },
        PeriodicReportIncomplete { field: String, row: String },
        PeriodicReportCheckFailed {
            field: String, check: String, rows: String, left: i64, comparator: &'static str, right: i64
        },
        PeriodicReportNothingBelow { report_id: Uuid } at "report_id",
        ClosingUnknown { closing_id: Uuid } at "closing_id",
        OtherClosingUnknown as ClosingUnknown { field: &'static str, closing_id: Uuid },
        PeriodClosed { closing_id: Uuid, revision: i32 } at "period",
        ClosingPremature { through as "through_on": Date } at "period",
        ClosingUnsettled as ClosingPremature { through as "through_on": Date, unsettled: i64 } at "period",
        ClosingReportsOutstanding { outstanding: i64, report_id: Uuid, name: String } at "period",
        ClosingChangesNothing { revision: i32 } at "closing_id",
        AuditUnknown { audit_id: Uuid } at "audit_id",
        AuditTooDeep { limit: i32 } at "levels",
        AuditTooLarge { columns: i64, limit: i64 } at "levels",
        AuditsTooMany { limit: i64 },
        AuditAbandoned { attempts: i32 },
        BookUnbalanced { book: &'static str, difference: i64 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_filled_by_what_its_refusals_give() {
        chassis::refusal::testing::assert_filled(&Refused::all());
    }
}
