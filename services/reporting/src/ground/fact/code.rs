//! What facts are called: the one place for the code by which tables, SQL, formulas of
//! indicators and the recount know a kind of fact.

use std::fmt;

/// A kind of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Members were admitted: kết nạp.
    MembersAdmitted,
    /// Members were recognised: công nhận.
    MembersRecognised,
    /// Members were admitted again: kết nạp lại.
    MembersReadmitted,
    /// Members came from another union.
    TransferIn,
    /// Members went to another union.
    TransferOut,
    /// Memberships ended.
    MembersExited,
    /// People begin to stand so beside their memberships, or, by a negative amount, no longer do.
    Standing,
    /// Somebody was disciplined.
    Disciplined,
    /// Cards were issued to members.
    CardIssued,
    /// A union was founded.
    UnionFounded,
    /// A union existed before the register did.
    UnionLoaded,
    /// A union ended.
    UnionEnded,
    /// An organisation became a union by a change of type.
    UnionBecame,
    /// A union became something else by a change of type.
    UnionCeased,
    /// The direction of a union was suspended.
    UnionSuspended,
    /// It was resumed.
    UnionResumed,
    /// A union was launched at a ceremony.
    Ceremony,
    /// A decision was handed over at a ceremony.
    HandedOver,
    /// A congress was held.
    Congress,
    /// A decision or another document was issued.
    DecisionIssued,
    /// Somebody attended a course on a day.
    Attended,
    /// A delegate was sent.
    Delegate,
    /// Somebody was honoured, by kind.
    Honoured,
    /// Somebody was honoured, by level.
    HonouredAt,
    /// Somebody who works directly in production was honoured, by kind.
    HonouredInProduction,
    /// An emulation movement was launched.
    Emulation,
    /// Somebody in need was helped, by kind.
    Welfare,
    /// Somebody in need was helped, by occasion.
    WelfareFor,
    /// What was given, in đồng, by kind.
    WelfareVnd,
    /// What was given, in đồng, by source.
    WelfareVndFrom,
    /// A labour dispute was taken up.
    Dispute,
    /// People whom it concerned.
    DisputePeople,
    /// A labour dispute ended, by its outcome.
    DisputeConcluded,
    /// An inspection took place.
    Inspection,
    /// An emulation movement was launched.
    Launch,
    /// An activity of another kind took place, by kind.
    Activity,
    /// An activity took place of which something was chosen: kind, field and code.
    ActivityOf,
    /// What is added up of activities: kind and field.
    ActivityAmount,
    /// An activity got to a day that is one of its milestones: kind and field.
    ActivityReached,
    /// A union was rated.
    Rating,
    /// A union elected members of a body between congresses.
    ByElected,
    /// A person was trained.
    Trained,
    /// Somebody was referred to the Party.
    PartyReferred,
    /// Somebody referred was admitted to the Party.
    PartyAdmitted,
    /// Somebody admitted became a full member of the Party.
    PartyConfirmed,
    /// An officer was recommended.
    CadreRecommended,
    /// An officer who was recommended was planned for, trained or appointed.
    CadreOutcome,
    /// A person was honoured.
    HonouredPerson,
    /// An initiative was recognised.
    Initiative,
    /// A person took part in an emulation movement.
    EmulationJoined,
    /// A person in need was helped.
    WelfarePerson,
    /// An employer got to a stage of a campaign.
    Campaign,
    /// An activity names a union: kind and field.
    ActivityUnion,
}

/// How facts of a code are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Summed, wherever a formula names the code.
    Summed,
    /// Summed by grade, of unions that were eligible when they count: a source of its own.
    Rated,
    /// Distinct, by the subject that each keeps.
    Subjects,
}

impl Code {
    /// Every one, in the order of their numbers.
    pub const ALL: [Self; 53] = [
        Self::MembersAdmitted,
        Self::MembersRecognised,
        Self::MembersReadmitted,
        Self::TransferIn,
        Self::TransferOut,
        Self::MembersExited,
        Self::Standing,
        Self::Disciplined,
        Self::CardIssued,
        Self::UnionFounded,
        Self::UnionLoaded,
        Self::UnionEnded,
        Self::UnionBecame,
        Self::UnionCeased,
        Self::UnionSuspended,
        Self::UnionResumed,
        Self::Ceremony,
        Self::HandedOver,
        Self::Congress,
        Self::DecisionIssued,
        Self::Attended,
        Self::Delegate,
        Self::Honoured,
        Self::HonouredAt,
        Self::HonouredInProduction,
        Self::Emulation,
        Self::Welfare,
        Self::WelfareFor,
        Self::WelfareVnd,
        Self::WelfareVndFrom,
        Self::Dispute,
        Self::DisputePeople,
        Self::DisputeConcluded,
        Self::Inspection,
        Self::Launch,
        Self::Activity,
        Self::ActivityOf,
        Self::ActivityAmount,
        Self::ActivityReached,
        Self::Rating,
        Self::ByElected,
        Self::Trained,
        Self::PartyReferred,
        Self::PartyAdmitted,
        Self::PartyConfirmed,
        Self::CadreRecommended,
        Self::CadreOutcome,
        Self::HonouredPerson,
        Self::Initiative,
        Self::EmulationJoined,
        Self::WelfarePerson,
        Self::Campaign,
        Self::ActivityUnion,
    ];

    /// The movements that make the members of a unit.
    pub const MEMBER_MOVEMENTS: [Self; 6] = [
        Self::MembersAdmitted,
        Self::MembersRecognised,
        Self::MembersReadmitted,
        Self::TransferIn,
        Self::TransferOut,
        Self::MembersExited,
    ];

    /// The facts that the life of a union is counted by.
    pub const LIFE: [Self; 7] = [
        Self::UnionFounded,
        Self::UnionLoaded,
        Self::UnionEnded,
        Self::UnionSuspended,
        Self::UnionResumed,
        Self::UnionBecame,
        Self::UnionCeased,
    ];

    /// As tables keep it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MembersAdmitted => "MBR_ADMITTED",
            Self::MembersRecognised => "MBR_RECOGNISED",
            Self::MembersReadmitted => "MBR_READMITTED",
            Self::TransferIn => "MBR_TRANSFER_IN",
            Self::TransferOut => "MBR_TRANSFER_OUT",
            Self::MembersExited => "MBR_EXITED",
            Self::Standing => "STANDING",
            Self::Disciplined => "DISCIPLINED",
            Self::CardIssued => "CARD_ISSUED",
            Self::UnionFounded => "ORG_FOUNDED",
            Self::UnionLoaded => "ORG_LOADED",
            Self::UnionEnded => "ORG_ENDED",
            Self::UnionBecame => "ORG_BECAME",
            Self::UnionCeased => "ORG_CEASED",
            Self::UnionSuspended => "ORG_SUSPENDED",
            Self::UnionResumed => "ORG_RESUMED",
            Self::Ceremony => "CEREMONY",
            Self::HandedOver => "HANDED_OVER",
            Self::Congress => "CONGRESS",
            Self::DecisionIssued => "DECISION_ISSUED",
            Self::Attended => "ATTENDED",
            Self::Delegate => "DELEGATE",
            Self::Honoured => "HONOURED",
            Self::HonouredAt => "HONOURED_AT",
            Self::HonouredInProduction => "HONOURED_IN_PRODUCTION",
            Self::Emulation => "EMULATION",
            Self::Welfare => "WELFARE",
            Self::WelfareFor => "WELFARE_FOR",
            Self::WelfareVnd => "WELFARE_VND",
            Self::WelfareVndFrom => "WELFARE_VND_FROM",
            Self::Dispute => "DISPUTE",
            Self::DisputePeople => "DISPUTE_PEOPLE",
            Self::DisputeConcluded => "DISPUTE_CONCLUDED",
            Self::Inspection => "INSPECTION",
            Self::Launch => "LAUNCH",
            Self::Activity => "ACTIVITY",
            Self::ActivityOf => "ACTIVITY_OF",
            Self::ActivityAmount => "ACTIVITY_AMOUNT",
            Self::ActivityReached => "ACTIVITY_REACHED",
            Self::Rating => "RATING",
            Self::ByElected => "BY_ELECTED",
            Self::Trained => "TRAINED",
            Self::PartyReferred => "PARTY_REFERRED",
            Self::PartyAdmitted => "PARTY_ADMITTED",
            Self::PartyConfirmed => "PARTY_CONFIRMED",
            Self::CadreRecommended => "CADRE_RECOMMENDED",
            Self::CadreOutcome => "CADRE_OUTCOME",
            Self::HonouredPerson => "HONOURED_PERSON",
            Self::Initiative => "INITIATIVE",
            Self::EmulationJoined => "EMULATION_JOINED",
            Self::WelfarePerson => "WELFARE_PERSON",
            Self::Campaign => "CAMPAIGN",
            Self::ActivityUnion => "ACTIVITY_UNION",
        }
    }

    /// Where columns keep its facts.
    pub const fn number(self) -> usize {
        self as usize
    }

    /// As a table kept it, or a formula names it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// How it is counted.
    pub fn counting(self) -> Counting {
        match self {
            Self::MembersAdmitted
            | Self::MembersRecognised
            | Self::MembersReadmitted
            | Self::TransferIn
            | Self::TransferOut
            | Self::MembersExited
            | Self::Standing
            | Self::Disciplined
            | Self::CardIssued
            | Self::UnionFounded
            | Self::UnionLoaded
            | Self::UnionEnded
            | Self::UnionBecame
            | Self::UnionCeased
            | Self::UnionSuspended
            | Self::UnionResumed
            | Self::Ceremony
            | Self::HandedOver
            | Self::Congress
            | Self::DecisionIssued
            | Self::Attended
            | Self::Delegate
            | Self::Honoured
            | Self::HonouredAt
            | Self::HonouredInProduction
            | Self::Emulation
            | Self::Welfare
            | Self::WelfareFor
            | Self::WelfareVnd
            | Self::WelfareVndFrom
            | Self::Dispute
            | Self::DisputePeople
            | Self::DisputeConcluded
            | Self::Inspection
            | Self::Launch
            | Self::Activity
            | Self::ActivityOf
            | Self::ActivityAmount
            | Self::ActivityReached => Counting::Summed,
            Self::Rating => Counting::Rated,
            Self::ByElected
            | Self::Trained
            | Self::PartyReferred
            | Self::PartyAdmitted
            | Self::PartyConfirmed
            | Self::CadreRecommended
            | Self::CadreOutcome
            | Self::HonouredPerson
            | Self::Initiative
            | Self::EmulationJoined
            | Self::WelfarePerson
            | Self::Campaign
            | Self::ActivityUnion => Counting::Subjects,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In the order of the tables' keys.
impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Every text that a statement compares a code with.
    fn compared(statement: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (at, _) in statement.match_indices("code") {
            let after = statement[at + "code".len()..].trim_start();
            let values = if let Some(list) = after.strip_prefix("in (") {
                list.split(')').next()
            } else {
                after.strip_prefix("= '").and_then(|one| one.split('\'').next())
            };
            let values = values.into_iter().flat_map(|values| values.split(',')).map(str::trim);
            // Not what another statement answers.
            let written = values.filter(|value| !value.contains(' '));
            found.extend(written.map(|value| value.trim_matches('\'').to_string()));
        }
        found
    }

    fn statements(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                statements(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "sql") {
                let text = std::fs::read_to_string(&path).expect("read");
                found.push((path.display().to_string(), text));
            }
        }
    }

    #[test]
    fn every_code_that_a_statement_compares_with_is_one() {
        let service = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["src", "functions"] {
            statements(&service.join(folder), &mut files);
        }
        let mut met = 0;
        for (file, text) in files {
            for code in compared(&text) {
                assert!(Code::parse(&code).is_some(), "{file}: no fact is called {code}");
                met += 1;
            }
        }
        assert!(met > 15, "only {met} codes were found");
    }

    #[test]
    fn each_is_read_as_it_is_written_and_no_two_are_called_the_same() {
        let mut names: Vec<&str> = Code::ALL.into_iter().map(Code::as_str).collect();
        assert!(Code::ALL.into_iter().all(|code| Code::parse(code.as_str()) == Some(code)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.into_iter().enumerate().all(|(n, code)| code.number() == n));
        assert_eq!(Code::parse("ORG_RENAMED"), None);
    }
}
