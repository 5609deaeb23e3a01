//! Activities for random histories: made up, and counted again from the rows that reporting keeps
//! of its own acts.

use proto::google::r#type::Date as CivilDate;
use proto::reporting::v1::{Activity, ActivityField};
use sqlx::PgPool;
use time::{Date, Duration};
use uuid::Uuid;

/// What each indicator of activities sums, by the names of [`counted`].
pub const COUNTED_AS: [(&str, &[&str]); 21] = [
    ("INSPECTION_HELD", &["inspected"]),
    ("INSPECTION_LABOUR_LAW", &["inspected labour law"]),
    ("INSPECTION_FOLLOWED_UP", &["followed up"]),
    ("MOVEMENT_LAUNCHED", &["launched a movement"]),
    ("MOVEMENT_PARTICIPANTS", &["took part"]),
    ("MEETING_HELD", &["briefed", "discussed", "reviewed"]),
    ("MEETING_BRIEFINGS", &["briefed"]),
    ("MEETING_SEMINARS", &["discussed"]),
    ("MEETING_REVIEWS", &["reviewed"]),
    ("POSTS", &["posted", "posted among friends"]),
    ("POSTS_SOCIAL", &["posted among friends"]),
    ("CULTURAL_EVENTS", &["performed"]),
    ("SPORT_EVENTS", &["played"]),
    ("WORKS_REGISTERED", &["registered a work"]),
    ("WORKS_COMPLETED", &["completed a work"]),
    ("WORKS_PLAQUES", &["fixed a plaque"]),
    ("WORKS_VND", &["built for"]),
    ("MODELS", &["showed a model"]),
    ("EDUCATIONAL_TRIPS", &["travelled"]),
    ("PETITIONS", &["petitioned"]),
    ("PETITIONS_ANSWERED", &["was answered"]),
];

/// What is summed of an indicator; none where it is no indicator of activities.
pub fn counted_as(indicator: &str) -> Option<&'static [&'static str]> {
    let found = COUNTED_AS.iter().find(|(known, _)| *known == indicator);
    found.map(|(_, whats)| *whats)
}

/// The unit, the day, what happened, and how often or how much.
pub type Counted = (Uuid, Date, &'static str, i64);

/// What activities that are known now count as.
///
/// # Panics
/// When the rows are not as this reads them.
pub async fn counted(reporting: &PgPool) -> Vec<Counted> {
    let rows: Vec<(Uuid, Date, String, i64)> = sqlx::query_as(
        "select a.organisation_id, told.on_day, told.what, told.amount
         from activity a
         cross join lateral (
             select a.held_on,
                    case a.kind
                        when 'INSPECTION' then 'inspected'
                        when 'LAUNCH' then 'launched a movement'
                        when 'CULTURAL_EVENT' then 'performed'
                        when 'SPORT_EVENT' then 'played'
                        when 'WORK' then 'registered a work'
                        when 'MODEL' then 'showed a model'
                        when 'EDUCATIONAL_TRIP' then 'travelled'
                        when 'PETITION' then 'petitioned'
                        when 'MEETING' then
                            case a.fields->'form'->'codes'->>0
                                when 'BRIEFING' then 'briefed'
                                when 'SEMINAR' then 'discussed'
                                else 'reviewed' end
                        when 'POST' then
                            case when a.fields->'channel'->'codes'->>0 in ('FACEBOOK', 'ZALO')
                                 then 'posted among friends' else 'posted' end
                    end,
                    a.times::bigint
             union all
             select a.held_on, 'took part', a.members_reached::bigint + a.workers_reached
             where a.kind = 'MOVEMENT'
             union all
             select a.held_on, 'inspected labour law', a.times::bigint
             where a.kind = 'INSPECTION'
               and a.fields->'topics'->'codes' @> '[\"LABOUR_LAW\"]'
             union all
             select a.held_on, 'followed up', a.times::bigint
             where a.kind = 'INSPECTION' and a.fields->'follow_up'->'codes' @> '[\"DONE\"]'
             union all
             select (a.fields->'completed_on'->>'date')::date, 'completed a work', 1::bigint
             where a.kind = 'WORK'
             union all
             select (a.fields->'plaque_on'->>'date')::date, 'fixed a plaque', 1::bigint
             where a.kind = 'WORK'
             union all
             select a.held_on, 'built for', (a.fields->'value'->>'number')::bigint
             where a.kind = 'WORK'
             union all
             select (a.fields->'answered_on'->>'date')::date, 'was answered', 1::bigint
             where a.kind = 'PETITION'
         ) told (on_day, what, amount)
         where num_nulls(told.on_day, told.what, told.amount) = 0",
    )
    .fetch_all(reporting)
    .await
    .expect("read");
    let name = |what: &str| {
        let mut names = COUNTED_AS.iter().flat_map(|(_, whats)| whats.iter());
        *names.find(|known| **known == what).expect("a name of ours")
    };
    rows.into_iter().map(|(unit, on, what, amount)| (unit, on, name(&what), amount)).collect()
}

/// What activities that are known now name: the guide or the owner, the day, of which of the two,
/// and the organisation named.
///
/// # Panics
/// When the rows are not as this reads them.
pub async fn named(reporting: &PgPool) -> Vec<(Uuid, Date, String, String)> {
    sqlx::query_as(
        "select a.organisation_id, a.held_on,
                case a.kind when 'CONGRESS_GUIDANCE' then 'guided' else 'copied' end, named.id
         from activity a
         cross join lateral jsonb_array_elements_text(
             coalesce(a.fields->'unions'->'organisations', a.fields->'copied_by'->'organisations',
                      '[]')) as named (id)",
    )
    .fetch_all(reporting)
    .await
    .expect("read")
}

/// An activity of some kind, as `below` has it: it gives a number below the one that it is given.
/// The kinds of before are named by their numbers, as clients of before do.
pub fn made_up(
    mut below: impl FnMut(usize) -> usize,
    unit: &str,
    held_on: Date,
    named: &[String],
) -> Activity {
    const KINDS: [&str; 13] = [
        "DISSEMINATION",
        "INSPECTION",
        "LAUNCH",
        "MOVEMENT",
        "MEETING",
        "POST",
        "CULTURAL_EVENT",
        "SPORT_EVENT",
        "WORK",
        "MODEL",
        "EDUCATIONAL_TRIP",
        "CONGRESS_GUIDANCE",
        "PETITION",
    ];
    let which = below(KINDS.len());
    let kind = KINDS[which];
    let choose = |of: &[&str], n: usize| vec![of[n].to_owned()];
    let mut fields = Vec::new();
    let field = |name: &str| ActivityField { name: name.to_owned(), ..ActivityField::default() };
    match kind {
        "INSPECTION" => {
            let topics = ["LABOUR_LAW", "SAFETY"];
            fields.push(ActivityField { codes: choose(&topics, below(2)), ..field("topics") });
            let states = ["PENDING", "DONE"];
            fields.push(ActivityField { codes: choose(&states, below(2)), ..field("follow_up") });
        }
        "MOVEMENT" => {
            fields.push(ActivityField { text: "Phong trào".to_owned(), ..field("title") });
            fields.push(ActivityField { codes: choose(&["MOVEMENT"], 0), ..field("form") });
        }
        "MEETING" => {
            let forms = ["BRIEFING", "SEMINAR", "INTERIM_REVIEW", "FINAL_REVIEW"];
            fields.push(ActivityField { codes: choose(&forms, below(4)), ..field("form") });
        }
        "POST" => {
            let channels = ["UNION_WEBSITE", "FACEBOOK", "ZALO", "PRESS"];
            fields.push(ActivityField { codes: choose(&channels, below(4)), ..field("channel") });
        }
        "WORK" => {
            fields.push(ActivityField { text: "Công trình".to_owned(), ..field("title") });
            let value = i64::try_from(below(1_000)).ok();
            fields.push(ActivityField { number: value, ..field("value") });
            let completed_on = held_on + Duration::days(below(3) as i64);
            if below(3) > 0 {
                let date = Some(civil(completed_on));
                fields.push(ActivityField { date, ..field("completed_on") });
            }
            if below(2) > 0 {
                let date = Some(civil(completed_on));
                fields.push(ActivityField { date, ..field("plaque_on") });
            }
        }
        "MODEL" => {
            fields.push(ActivityField { text: "Mô hình".to_owned(), ..field("title") });
            let organisation_ids = named.to_vec();
            fields.push(ActivityField { organisation_ids, ..field("copied_by") });
        }
        "CONGRESS_GUIDANCE" => {
            let organisation_ids = named.to_vec();
            fields.push(ActivityField { organisation_ids, ..field("unions") });
        }
        "PETITION" if below(2) > 0 => {
            fields.push(ActivityField { date: Some(civil(held_on)), ..field("answered_on") });
        }
        _ => {}
    }
    let of_one = ["WORK", "MODEL", "CONGRESS_GUIDANCE", "PETITION"].contains(&kind);
    Activity {
        organisation_id: unit.to_owned(),
        kind: if which < 3 { which as i32 + 1 } else { 0 },
        kind_code: if which < 3 { String::new() } else { kind.to_owned() },
        held_on: Some(civil(held_on)),
        members_reached: Some(below(4) as i32),
        workers_reached: Some(below(4) as i32),
        times: if of_one { 1 } else { 1 + below(3) as i32 },
        fields,
    }
}

fn civil(on: Date) -> CivilDate {
    chassis::parse::civil(on)
}
