//! `congdoan ratings`: how the unions of an organisation are rated in a year, in which rounds; a round
//! union by union; and all that was said of one.

use chassis::parse::civil;
use proto::registry::v1::Organisation;
use proto::reporting::v1::rating_step::Kind;
use proto::reporting::v1::{
    Breakdown, GetDistributionRequest, GetDistributionResponse, GetRatingRequest,
    GetRatingResponse, ListRatingsRequest, ListRoundsRequest, RatingDistribution,
    RatingIneligibility, RatingRound, RatingState, Tree, UnionRating,
};
use system::Client;
use time::Date;
use time::macros::date;

use crate::cli::Ratings;
use crate::language::tell;
use crate::organisation::{borne, day};
use crate::output::{is_json, json, line, print_json, table};
use crate::told::told;

/// Rows asked for at once.
const PAGE: i32 = 500;

/// Prints what is asked of the ratings of a year.
pub async fn run(ratings: Ratings) -> anyhow::Result<()> {
    let client = ratings.to.connect().await?;
    let (from, to) = days(ratings.year);
    let organisation = borne(&client, &ratings.organisation, from, to, ratings.as_of).await?;
    if ratings.history {
        return history(&client, &ratings, &organisation).await;
    }
    if ratings.unions {
        return unions(&client, &ratings, &organisation).await;
    }
    let counted = distribution(&client, &ratings, &organisation).await?;
    let rounds = rounds(&client, &ratings, &organisation).await?;
    if is_json() {
        let rounds: Vec<_> = rounds.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({
            "organisation": json(&organisation)?,
            "distribution": json(&counted)?,
            "rounds": rounds,
        }));
        return Ok(());
    }
    line(&organisation.name);
    let of_year = |kind: &str| format!("{kind} {}", ratings.year);
    line(&of_year(&tell!("Xếp loại năm", "Ratings of")));
    let mut rows: Vec<Vec<String>> = counted.lines.iter().map(|one| row(&one.head, one)).collect();
    if let Some(total) = &counted.total {
        rows.push(row(&tell!("tổng", "total"), total));
    }
    let heading = [
        tell!("đơn vị", "of"),
        tell!("đạt", "reached"),
        tell!("được xếp loại", "rated"),
        tell!("chưa xếp loại", "not yet"),
        tell!("không xếp loại", "not eligible"),
        tell!("các mức", "grades"),
    ];
    line(&table(&heading, &rows));
    let rows: Vec<Vec<String>> = rounds.iter().map(round_row).collect();
    if !rows.is_empty() {
        let heading = [
            tell!("đợt", "round"),
            tell!("từ", "from"),
            tell!("đến", "through"),
            tell!("thang", "scheme"),
            tell!("tự chấm trước", "self-score due"),
            tell!("quyết định trước", "decision due"),
            tell!("trạng thái", "state"),
            tell!("mở bởi", "opened by"),
        ];
        line(&table(&heading, &rows));
    }
    Ok(())
}

/// The days of a year; of one that there is not, those of none.
fn days(year: i32) -> (Date, Date) {
    let first = Date::from_ordinal_date(year, 1).unwrap_or(date!(1900 - 01 - 01));
    let last = first.replace_month(time::Month::December).and_then(|day| day.replace_day(31));
    (first, last.unwrap_or(first))
}

async fn distribution(
    client: &Client,
    ratings: &Ratings,
    organisation: &Organisation,
) -> anyhow::Result<GetDistributionResponse> {
    let breakdown = match &ratings.by_sectors {
        Some(_) => Breakdown::SectorGroup,
        None => Breakdown::Child,
    };
    let request = GetDistributionRequest {
        organisation_id: organisation.organisation_id.clone(),
        round_id: ratings.round.map(|round| round.to_string()).unwrap_or_default(),
        year: ratings.year,
        tree: Some(Tree { as_of: ratings.as_of.map(civil) }),
        breakdown: breakdown.into(),
        sector_grouping: ratings.by_sectors.clone().unwrap_or_default(),
        attained_grades: ratings.attained.clone(),
        ..GetDistributionRequest::default()
    };
    let answer = client.ratings().get_distribution(request).await.map_err(told)?;
    Ok(answer.into_inner())
}

fn row(head: &str, counted: &RatingDistribution) -> Vec<String> {
    let grades = counted.grades.iter().map(|grade| {
        let name = if grade.name_vi.is_empty() { &grade.grade } else { &grade.name_vi };
        format!("{name}: {}", grade.unions)
    });
    let ineligible = counted
        .ineligible
        .iter()
        .map(|one| format!("{}: {}", why(one.ineligibility()), one.unions))
        .collect::<Vec<_>>()
        .join(", ");
    vec![
        head.to_owned(),
        format!("{}/{}", counted.numerator, counted.denominator),
        format!("{}/{}", counted.rated, counted.eligible),
        counted.not_yet.to_string(),
        if ineligible.is_empty() { "0".to_owned() } else { ineligible },
        grades.collect::<Vec<_>>().join(", "),
    ]
}

/// The rounds of the year, the newest first.
async fn rounds(
    client: &Client,
    ratings: &Ratings,
    organisation: &Organisation,
) -> anyhow::Result<Vec<RatingRound>> {
    let request = ListRoundsRequest {
        organisation_id: organisation.organisation_id.clone(),
        year: ratings.year,
        page_size: PAGE,
        ..ListRoundsRequest::default()
    };
    Ok(client.ratings().list_rounds(request).await.map_err(told)?.into_inner().rounds)
}

fn round_row(round: &RatingRound) -> Vec<String> {
    let on = |on: Option<proto::google::r#type::Date>| {
        on.and_then(day).map(|on| on.to_string()).unwrap_or_default()
    };
    let period = round.period.unwrap_or_default();
    let scheme = round.scheme.clone().unwrap_or_default();
    vec![
        round.round_id.clone(),
        on(period.from_on),
        on(period.through_on),
        format!("{} ({})", scheme.name_vi, scheme.version),
        on(round.self_score_due_on),
        on(round.decision_due_on),
        match (round.ended_at.is_some(), round.withdrawn) {
            (_, true) => tell!("đã rút", "taken back"),
            (true, false) => tell!("đã kết thúc", "closed"),
            (false, false) => tell!("đang mở", "open"),
        },
        round.organisation_name.clone(),
    ]
}

/// Prints the unions of a round, by id, as many as were asked for.
async fn unions(
    client: &Client,
    ratings: &Ratings,
    organisation: &Organisation,
) -> anyhow::Result<()> {
    let mut request = ListRatingsRequest {
        round_id: ratings.round.map(|round| round.to_string()).unwrap_or_default(),
        organisation_id: organisation.organisation_id.clone(),
        page_size: PAGE,
        ..ListRatingsRequest::default()
    };
    let mut found = Vec::new();
    let more = loop {
        let page = client.ratings().list_ratings(request.clone()).await.map_err(told)?;
        let page = page.into_inner();
        found.extend(page.ratings);
        request.page_token = page.next_page_token;
        if found.len() > ratings.limit || request.page_token.is_empty() {
            break found.len() > ratings.limit || !request.page_token.is_empty();
        }
    };
    found.truncate(ratings.limit);
    if is_json() {
        let found: Vec<_> = found.iter().map(json).collect::<Result<_, _>>()?;
        print_json(&serde_json::json!({
            "organisation": json(organisation)?,
            "ratings": found,
            "more": more,
        }));
        return Ok(());
    }
    line(&organisation.name);
    let rows: Vec<Vec<String>> = found.iter().map(union_row).collect();
    let heading = [
        tell!("công đoàn", "union"),
        tell!("bước", "state"),
        tell!("tự chấm", "self-score"),
        tell!("thẩm định", "appraised"),
        tell!("xếp loại", "grade"),
    ];
    line(&table(&heading, &rows));
    if more {
        let shown = found.len();
        line(&tell!("… và còn nữa sau {shown} dòng này", "… and more, after these {shown}"));
    }
    Ok(())
}

fn union_row(union: &UnionRating) -> Vec<String> {
    let points = |tenths: Option<i32>| tenths.map(points).unwrap_or_default();
    vec![
        union.organisation_name.clone(),
        match union.state() {
            RatingState::NotRated => why(union.ineligibility()),
            state => step(state),
        },
        points(union.self_tenths),
        points(union.appraised_tenths),
        union.grade.clone(),
    ]
}

/// `38,5`, as Vietnamese writes it; `38.5` in English.
fn points(tenths: i32) -> String {
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 {
        return whole.to_string();
    }
    tell!("{whole},{tenth}", "{whole}.{tenth}")
}

fn step(state: RatingState) -> String {
    match state {
        RatingState::Unspecified | RatingState::NotRated => String::new(),
        RatingState::AwaitingSelfScore => tell!("chờ tự chấm", "awaiting self-score"),
        RatingState::SelfScored => tell!("đã tự chấm", "self-scored"),
        RatingState::Appraised => tell!("đã thẩm định", "appraised"),
        RatingState::Decided => tell!("đã quyết định", "decided"),
        RatingState::Appealed => tell!("đang khiếu nại", "appealed"),
        RatingState::Answered => tell!("đã trả lời khiếu nại", "appeal answered"),
    }
}

fn why(ineligibility: RatingIneligibility) -> String {
    match ineligibility {
        RatingIneligibility::Unspecified => tell!("không xếp loại", "not rated"),
        RatingIneligibility::TooYoung => tell!("chưa đủ thời gian hoạt động", "too young"),
        RatingIneligibility::Suspended => tell!("đang tạm dừng", "suspended"),
        RatingIneligibility::Ended => tell!("đã kết thúc", "ended"),
        RatingIneligibility::InAnotherRound => tell!("xếp ở đợt khác", "in another round"),
        RatingIneligibility::NoUnion => tell!("chưa là công đoàn cơ sở", "no union then"),
    }
}

/// Prints all that was said of a union in its round.
async fn history(
    client: &Client,
    ratings: &Ratings,
    organisation: &Organisation,
) -> anyhow::Result<()> {
    let request = GetRatingRequest {
        organisation_id: organisation.organisation_id.clone(),
        round_id: ratings.round.map(|round| round.to_string()).unwrap_or_default(),
        year: ratings.year,
        ..GetRatingRequest::default()
    };
    let answer = client.ratings().get_rating(request).await.map_err(told)?.into_inner();
    if is_json() {
        print_json(&json(&answer)?);
        return Ok(());
    }
    line(&organisation.name);
    if let Some(rating) = &answer.rating {
        line(&match rating.state() {
            RatingState::NotRated => why(rating.ineligibility()),
            state => step(state),
        });
    }
    let rows: Vec<Vec<String>> = said(&answer);
    if !rows.is_empty() {
        let heading = [
            tell!("ngày", "day"),
            tell!("việc", "what"),
            tell!("điểm", "points"),
            tell!("mức", "grade"),
            tell!("lý do", "why"),
        ];
        line(&table(&heading, &rows));
    }
    match &answer.counting {
        None => line(&tell!("Chưa được xếp loại.", "It is not rated yet.")),
        Some(counting) => {
            let (scheme, grade) = (&counting.scheme, &counting.grade);
            line(&tell!("Xếp loại: {scheme}.{grade}", "Rated: {scheme}.{grade}"));
            if !counting.counted {
                line(&tell!(
                    "Không đủ điều kiện xếp loại, không tính vào số liệu.",
                    "It is not eligible, and counts in no figure."
                ));
            }
        }
    }
    Ok(())
}

fn said(answer: &GetRatingResponse) -> Vec<Vec<String>> {
    let rows = answer.steps.iter().map(|said| {
        let what = match said.kind() {
            Kind::Unspecified => String::new(),
            Kind::SelfScored => tell!("tự chấm", "self-score"),
            Kind::Appraised => tell!("thẩm định", "appraisal"),
            Kind::Decided => tell!("quyết định", "decision"),
            Kind::Appealed => tell!("khiếu nại", "appeal"),
            Kind::Answered => tell!("trả lời khiếu nại", "answer"),
        };
        let scored = matches!(said.kind(), Kind::SelfScored | Kind::Appraised);
        let at = said.recorded_at.and_then(|at| {
            let at = time::OffsetDateTime::from_unix_timestamp(at.seconds).ok()?;
            Some(chassis::database::civil_date(at).to_string())
        });
        vec![
            at.unwrap_or_default(),
            what,
            if scored { points(said.total_tenths) } else { String::new() },
            said.grade.clone(),
            said.reason.clone(),
        ]
    });
    rows.collect()
}
