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
        TemplateCodeMalformed { template: String } at "template",
        TemplatePlaceMalformed { field: String, line: usize, place: String },
        TemplateIndicatorUnknown { field: String, line: usize, indicator: String },
        TemplateGroupUnknown { field: String, line: usize, group: String },
        TemplateWordUnknown { field: String, line: usize, word: String },
        TemplateEachUnknown { field: String, line: usize, each: String },
        TemplateLineUnfit { field: String, line: usize, item: &'static str },
        TemplateDecimalsOutOfRange { field: String, line: usize, limit: u32 },
        TemplateParameterUnfit { field: String, parameter: String },
        TemplateChanged { version: i32 } at "version",
        TemplateChangesNothing { version: i32 } at "body",
        TemplatesTooMany { limit: i64 } at "template",
        ChartUnknown { chart: i32, charts: usize } at "chart",
        PrintingUnknown { printing_id: Uuid } at "printing_id",
        PrintingNotReady { printing_id: Uuid } at "printing_id",
        PrintingGone { printing_id: Uuid } at "printing_id",
        PrintingsTooMany { most: i64 },
        PrintingAbandoned { attempts: i32 },
        PrintingFormatUnfit { format: &'static str } at "format",
        TemplateOutdated { version: i32 } at "template",
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
