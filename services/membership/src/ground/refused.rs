//! Why membership refuses: a closed list, each kind with what its refusals give.
//!
//! What each means, its code and its sentences are in `proto/congdoan/membership/v1/reason.proto`.

use chassis::refusal::Refusal;
use proto::membership::v1::Reason;
use time::Date;
use uuid::Uuid;

chassis::refusals! {
    /// What the request did wrong. `field` is the field as the caller wrote it, for example
    /// `lines[12].identity_number`. No kind holds personal data.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Refused of Reason {
        OrganisationUnknown { field: String, organisation_id: Uuid },
        OrganisationNotFounded { field: String, organisation_id: Uuid, founded_on: Date },
        OrganisationSuspended { field: String, organisation_id: Uuid, suspended_on: Date },
        OrganisationEnded { field: String, organisation_id: Uuid, ended_on: Date },
        EffectiveDateTooFar { field: &'static str, latest: Date },
        DecisionInFuture { field: &'static str, today: Date },
        LinesEmpty { field: &'static str },
        EnumValueUnknown { field: String },
        PersonUnknown { field: String },
        PersonRepeated { field: String },
        PersonFieldsMixed { field: String },
        BirthMalformed { field: String },
        IdentityNumberMalformed { field: String, characters: usize },
        IdentityCountryMalformed { field: String },
        IdentityNumberTaken { field: String },
        IdentityNumberRepeated { field: String },
        PhoneMalformed { field: String },
        MembershipActive { field: String },
        MembershipNotActive { field: String },
        MovementLater { field: String },
        EffectiveBeforeMembership { field: String, member_from: Date },
        FormerMembershipMissing { field: String },
        WaitingPeriodRunning { field: String, until_on: Date },
        TransferToSame at "to_organisation_id",
        ApplicationUnknown { application_id: Uuid },
        ExitReasonReserved at "reason",
        TopicUnknown { field: String },
        CourseDatesMalformed at "ends_on",
        AttendanceOutsideCourse { field: String },
        AttendanceRepeated { field: String },
        CourseUnknown { course_id: Uuid },
        PartyReferralUnknown { field: String },
        PartyReferralRepeated { field: String },
        PartyAlreadyAdmitted { field: String },
        PartyAdmissionTooEarly { field: String, referred_on: Date },
        PurposeMissing { field: String },
        EventUnknown at "event",
        DelegationUnknown { delegation_id: Uuid },
        ConsequenceUnknown { registry_act_id: Uuid },
        PersonNotPassedOver { field: String },
        IdentityQuotaExhausted { most: i32 },
        QuestionAmbiguous { field: &'static str },
        ApplicationOverlaps at "applicants",
        DecisionUnknown { field: String, decision_id: Uuid },
        DecisionAmbiguous { field: String },
        DocumentKindMalformed { field: String },
        DateInFuture { field: &'static str, on: Date, today: Date },
        MovementUnknown { movement_id: Uuid },
        MovementUndone { field: String },
        MovementFollows { registry_act_id: Uuid },
        MovementRestedOn { field: String },
        MovementKindDiffers { field: &'static str },
        CorrectionChangesNothing { field: &'static str },
        TransferOfferUnknown { offer_id: Uuid },
        TransferOfferOpen { field: String },
        TransferOfferClosed { field: String },
        TransferOfferLapsed { field: String, lapses_on: Date },
        EffectiveBeforeOffer { offered_on: Date } at "effective_on",
        StandingActive { field: String },
        StandingNotActive { field: String },
        StandingUnknown { standing_id: Uuid },
        DormantTooLong { latest: Date } at "expected_until",
        ExpectedEndTooEarly { field: &'static str },
        ConsentMissing { field: String },
        SourceOnlyOfRecognition at "source_organisation",
        DisciplineUnknown { field: String },
        DisciplineEnded { field: String, ended_on: Date },
        DisciplineNotEnded { field: String },
        DisciplineNotDue { field: String, lifts_on: Date },
        CardUnknown { field: String },
        CardActive { field: String },
        CardNotValid { field: String, state: &'static str },
        CardNumberMalformed { field: String },
        CardRestedOn { field: String },
        CardNotEnded { field: String },
        AttendanceUnknown { field: String },
        PartyMilestoneMissing { field: String },
        PartyAlreadyConfirmed { field: String },
        PartyConfirmationTooEarly { field: String, earliest: Date },
        RecommendationUnknown { field: String },
        RecommendationRepeated { field: String },
        DelegateUnknown { field: String },
        DocumentUnknown { field: String },
        HeldNoLonger { field: String, until_on: Date },
        TooManyHeld { field: String, limit: i64 },
        HeldAlready { field: String },
        AliasUnknown { field: String },
        AttributeUnknown { field: String },
        AttributeValueUnknown { field: String },
        EmailMalformed { field: String },
        PersonErased { field: String },
        PersonCounted at "person_id",
        ExportUnknown { export_id: Uuid } at "export_id",
        ExportNotReady { export_id: Uuid },
        ExportGone { export_id: Uuid },
        ExportsTooMany { most: i64 },
        ExportTooLarge { lines: i64, most: i64 },
        ExportAbandoned { attempts: i32 },
        FileRefused { fault: &'static str, line: u32 },
        CellUnreadable { column: &'static str, fault: &'static str },
        PersonMerged { field: String, survivor_id: Uuid },
        PersonNotMerged { field: String },
        MergeHindered { field: String, by: &'static str },
        IdentityNumbersDiffer { field: String },
        DuplicateUnknown { field: String },
        HonourKindUnknown { field: String },
        HonourLevelUnknown at "level",
        HonourUnknown { field: String },
        HonourRecorded { field: String },
        IssuerAmbiguous at "issuer_name",
        InitiativeTitleMisfit { field: String },
        EmulationThemeUnknown at "theme",
        EmulationDaysMalformed at "through_on",
        EmulationUnknown { field: String },
        EmulationNotRunning at "joined_on",
        EmulationJoined { field: String },
        ParticipantUnknown { field: String },
        WelfareOccasionUnknown at "occasion",
        WelfareSourceUnknown at "source",
        WelfareAmountOutOfRange { field: String, most: i64 },
        LoanDueMisfit at "due_on",
        WelfareUnknown { field: String },
        DisputeCaseUnknown at "case_id",
        DisputeCaseConcluded { concluded_on: Date } at "case_id",
        PeopleConcernedTooFew { least: i32 } at "people_concerned",
        ConclusionTooEarly { opened_on: Date } at "concluded_on",
        CadreOutcomeReached { field: String },
        CadreOutcomeTooEarly { field: String, recommended_on: Date },
        ImportHeaderMissing at "header",
        ImportLinesMissing { lines_done: usize } at "header.first_line",
        ImportLineTooLong { limit: usize } at "line",
    }
}

/// The bad lines of a list, gathered so that one refusal names them all.
#[derive(Debug, Default)]
pub struct BadLines(Vec<(usize, Refusal)>);

/// How many bad lines a refusal explains: a status travels in the headers of an answer, of
/// which clients read little.
const EXPLAINED_MAX: usize = 16;
/// How many bad lines are named by their numbers; of more there is only the count.
const NUMBERED_MAX: usize = 40;

impl BadLines {
    /// Takes note of what is wrong with one line.
    pub fn add(&mut self, line: usize, refusal: impl Into<Refusal>) {
        self.0.push((line, refusal.into()));
    }

    /// What the line's parse gave, or nothing and a note of what is wrong.
    pub fn take<T>(&mut self, line: usize, parsed: Result<T, Refusal>) -> Option<T> {
        parsed.map_err(|refusal| self.add(line, refusal)).ok()
    }

    /// Refuses if there is any bad line. The first of them gives the reason; `bad_lines` in
    /// the ErrorInfo has the numbers of the first forty, from 0 on, and `bad_line_count` how
    /// many there are.
    pub fn refuse(mut self) -> Result<(), Refusal> {
        self.0.sort_by_key(|(line, _)| *line);
        let mut numbers: Vec<usize> = self.0.iter().map(|(line, _)| *line).collect();
        numbers.dedup();
        let named: Vec<String> =
            numbers.iter().take(NUMBERED_MAX).map(ToString::to_string).collect();
        let more = self.0.len().saturating_sub(EXPLAINED_MAX);
        let mut refusals = self.0.into_iter().map(|(_, refusal)| refusal);
        let Some(first) = refusals.next() else {
            return Ok(());
        };
        Err(refusals
            .take(EXPLAINED_MAX - 1)
            .fold(first, Refusal::and)
            .and_more(more)
            .with("bad_lines", named.join(","))
            .with("bad_line_count", numbers.len().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic_types::StatusExt;

    #[test]
    fn a_thousand_bad_lines_make_one_refusal_that_fits_into_headers() {
        let mut bad = BadLines::default();
        for line in (0..1_000).rev() {
            let field = format!("applicants[{line}].identity_number");
            bad.add(line, Refused::IdentityNumberMalformed { field, characters: 13 });
        }
        let refusal = bad.refuse().expect_err("refused");
        assert_eq!(refusal.reason(), "IDENTITY_NUMBER_MALFORMED");
        assert_eq!(refusal.fields().next(), Some("applicants[0].identity_number"));
        assert_eq!(refusal.fields().count(), EXPLAINED_MAX);
        let details = refusal.status().details().len();
        assert!(details * 4 / 3 < 6_144, "{details} bytes before base64");
        let info = refusal.status().get_details_error_info().expect("a reason");
        assert_eq!(info.metadata["bad_line_count"], "1000");
        assert!(info.metadata["bad_lines"].ends_with(",38,39"));
    }

    #[test]
    fn every_sentence_is_filled_by_what_its_refusals_give() {
        chassis::refusal::testing::assert_filled(&Refused::all());
    }

    #[test]
    fn no_bad_line_refuses_nothing() {
        assert!(BadLines::default().refuse().is_ok());
    }
}
