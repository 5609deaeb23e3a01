//! Bắc Kạn, which Thái Nguyên includes since 2025-07-01: a small book of its own, so that the
//! new Thái Nguyên is more than the old one.
//!
//! It is replayed last, one act after the other, in the administrator's name: what the
//! administrator has seen then is everything, in every service.

use proto::registry::v1::load_organisations_request::Line;
use proto::registry::v1::{EndKind, MembersOutcome};
use time::Date;
use time::macros::date;

use crate::block::Block;
use crate::office::{End, Founding, Office, Quota};
use crate::people::People;
use crate::thai_nguyen;
use crate::tree::{Tree, made_up_name};

/// The same as that of Thái Nguyên, so that both can be asked for together.
pub const PERIOD: (Date, Date) = thai_nguyen::PERIOD;

const UNIONS: Block = Block { prefix: "BK", sector: "NNN_CP", unions: 12, members: 20 };

/// Foundings: when, and with how many members.
const FOUNDINGS: [(Date, u32); 3] =
    [(date!(2018 - 09 - 05), 14), (date!(2019 - 05 - 20), 9), (date!(2020 - 10 - 12), 11)];

/// Admissions to unions that were there already.
const ADMITTED: [(Date, u32); 4] = [
    (date!(2018 - 04 - 10), 31),
    (date!(2019 - 03 - 22), 28),
    (date!(2020 - 06 - 18), 35),
    (date!(2021 - 02 - 26), 16),
];

/// The unions that were there before.
pub fn opening(district_code: &str) -> Vec<Line> {
    UNIONS.lines("Bắc Kạn", district_code)
}

/// The years of one of its districts.
pub async fn replay(office: &Office, tree: &Tree, mut people: People) -> anyhow::Result<()> {
    let unions = UNIONS.enrol(office, tree, &mut people, date!(2016 - 05 - 01)).await?;
    for (n, (on, founders)) in FOUNDINGS.into_iter().enumerate() {
        let founding = Founding {
            number: 11 + n,
            code: format!("CDCS-BK-M{:02}", n + 1),
            name: made_up_name("NNN_TNHH", "Bắc Kạn", 900 + n),
            sector: "NNN_TNHH",
            on,
            applicants: people.take(founders),
            employer_ids: Vec::new(),
        };
        office.found(format!("found/{n}"), founding).await?;
    }
    let end = End {
        union: &unions[11],
        kind: EndKind::Dissolved,
        successor_id: "",
        outcome: MembersOutcome::MembershipEnds,
        rehome_to_id: "",
    };
    office.end("dissolve".into(), 61, date!(2020 - 12 - 01), &[end]).await?;
    for (n, (on, count)) in ADMITTED.into_iter().enumerate() {
        let union = &unions[n * 2];
        office.admit(format!("admit/{n}"), union.id.clone(), on, people.take(count)).await?;
    }
    let quota = Quota {
        indicator: "MBR_ADMITTED",
        organisation_id: &office.organisation_id,
        period: thai_nguyen::YEAR_2021,
        issuer_name: "Thành ủy Bắc Kạn",
        value: 60,
        ..Quota::default()
    };
    office.assign("quota".into(), quota).await?;
    Ok(())
}
