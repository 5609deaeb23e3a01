//! How large the bodies of an organisation may be, and in which form its congress is held.
//!
//! The rules are rows, in force on the day of the congress, and they go by the number of
//! members that it was held for. Where none is in force, as before the guidance of December
//! 2024, nothing is refused.

use std::collections::{BTreeMap, HashMap};

use chassis::database::Acting;
use chassis::refusal::Failure;
use time::Date;
use uuid::Uuid;

use crate::congress::term::{Congress, CongressForm};
use crate::ground::refused::Refused;
use crate::ground::seats::{EXECUTIVE, NewOffice};
use crate::ground::tree::Standing;

/// The standing committee, whose size goes by that of the executive.
const STANDING: &str = "STANDING";

/// How many seats a congress decided that a body has.
#[derive(Clone, Debug)]
pub struct DecidedSize {
    /// For example `EXECUTIVE`.
    pub body: String,
    /// At least one.
    pub seats: i32,
}

/// A body of a congress, as it was judged.
#[derive(Clone, Debug)]
pub struct BodySize {
    /// For example `EXECUTIVE`.
    pub body: String,
    /// As decided.
    pub seats: Option<i32>,
    /// By the rule, where one is in force.
    pub limits: Option<Limits>,
}

/// Between how many and how many seats a body has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// At least.
    pub least: i32,
    /// At most, by the rule alone.
    pub most: i32,
    /// At most, with what the superior consented to or what merged.
    pub allowed: i32,
}

/// What lets a body be larger than its rule says.
#[derive(Clone, Copy, Debug)]
pub struct Grounds {
    /// The superior's consent.
    pub consent: bool,
    /// The bodies unite those of organisations that merged.
    pub merged: bool,
}

/// A share of seats, as its rule says.
#[derive(Clone, Copy, Debug)]
struct Share {
    numerator: i32,
    denominator: i32,
    seats_from: i32,
}

impl Share {
    /// The whole seats in so many of them.
    fn of(self, seats: i32) -> i32 {
        let part = i64::from(seats) * i64::from(self.numerator) / i64::from(self.denominator);
        i32::try_from(part).unwrap_or(i32::MAX)
    }

    /// The fewest seats that are the share at least.
    fn at_least_of(self, seats: i32) -> i32 {
        let whole = i64::from(seats) * i64::from(self.numerator);
        let part = (whole + i64::from(self.denominator) - 1) / i64::from(self.denominator);
        i32::try_from(part).unwrap_or(i32::MAX)
    }
}

/// Refuses a congress in another form than its number of members asks for, unless the
/// superior consented.
pub async fn refuse_form(
    acting: &mut Acting,
    unit: &Standing,
    congress: &Congress,
    grounds: Grounds,
) -> Result<(), Failure> {
    let Some(members) = congress.member_count else { return Ok(()) };
    let delegates_from = sqlx::query_scalar!(
        "select delegates_from from congress_form_rule where type = $1 and valid @> $2::date",
        unit.type_code,
        congress.held_on,
    )
    .fetch_optional(acting.db())
    .await?;
    let Some(delegates_from) = delegates_from else { return Ok(()) };
    let form = match members >= delegates_from {
        true => CongressForm::Delegate,
        false => CongressForm::Plenary,
    };
    if congress.form != form && !grounds.consent {
        let refused = Refused::CongressFormNotAllowed {
            form: congress.form.code().to_string(),
            members,
            delegates_from,
        };
        return Err(refused.at("form"));
    }
    Ok(())
}

/// Judges the bodies that a congress elects: as many seats as it decided, or else as it
/// filled.
pub async fn judge(
    acting: &mut Acting,
    unit: &Standing,
    congress: &Congress,
    (decided, offices): (&[DecidedSize], &[NewOffice]),
    grounds: Grounds,
) -> Result<Vec<BodySize>, Failure> {
    let mut filled: BTreeMap<&str, i32> = BTreeMap::new();
    for office in offices {
        *filled.entry(&office.body).or_default() += 1;
    }
    let decided: HashMap<&str, (usize, i32)> =
        decided.iter().enumerate().map(|(n, size)| (size.body.as_str(), (n, size.seats))).collect();
    for (body, (n, seats)) in &decided {
        let elected = *filled.entry(body).or_default();
        if elected > *seats {
            let refused = Refused::SeatsExceeded {
                body: (*body).to_string(),
                seats: elected,
                decided: *seats,
            };
            return Err(refused.at(format!("sizes[{n}].seats")));
        }
    }
    let bodies: Vec<&str> = filled.keys().copied().collect();
    let limits = limits(acting, unit, congress, &bodies).await?;
    let executive =
        decided.get(EXECUTIVE).map(|(_, seats)| *seats).or_else(|| filled.get(EXECUTIVE).copied());
    let shares = Shares::read(acting, unit, congress.held_on).await?;
    let merged = match grounds.merged {
        true => seats_before_merger(acting, congress).await?,
        false => HashMap::new(),
    };

    let mut judged = Vec::with_capacity(bodies.len());
    for (body, elected) in &filled {
        let size = decided.get(body).copied();
        let field = match size {
            Some((n, _)) => format!("sizes[{n}].seats"),
            None => "offices".to_string(),
        };
        let limits = match limits.get(*body).copied() {
            None => shares.standing(body, executive),
            Some((least, most)) => Some(shares.limits(body, least, most)),
        };
        let limits = limits.map(|limits| Limits {
            allowed: limits
                .allowed
                .max(if grounds.consent { shares.with_consent(limits.most) } else { 0 })
                .max(merged.get(*body).copied().unwrap_or_default()),
            ..limits
        });
        let body = (*body).to_string();
        let seats = size.map_or(*elected, |(_, seats)| seats);
        if let Some(limits) = limits {
            if seats > limits.allowed {
                let (most, allowed) = (limits.most, limits.allowed);
                return Err(Refused::BodyTooLarge { body, seats, most, allowed }.at(field));
            }
            // Whom it elected may not all be known; how many seats it decided is.
            if size.is_some() && seats < limits.least {
                return Err(Refused::BodyTooSmall { body, seats, least: limits.least }.at(field));
            }
        }
        judged.push(BodySize { body, seats: size.map(|(_, seats)| seats), limits });
    }
    Ok(judged)
}

/// The rules' own limits; the number of members must be known where there is a rule.
async fn limits(
    acting: &mut Acting,
    unit: &Standing,
    congress: &Congress,
    bodies: &[&str],
) -> Result<HashMap<String, (i32, i32)>, Failure> {
    // Without a number of members, any rule at all is one too many.
    let members = congress.member_count.unwrap_or(i32::MAX);
    let rules = sqlx::query_file!(
        "src/congress/sizes/limits.sql",
        congress.organisation_id,
        bodies as &[&str],
        unit.type_code,
        congress.held_on,
        members,
    )
    .fetch_all(acting.db())
    .await?;
    if congress.member_count.is_none() && !rules.is_empty() {
        let (type_code, on) = (unit.type_code.clone(), congress.held_on);
        return Err(Refused::MemberCountRequired { type_code, on }.at("member_count"));
    }
    Ok(rules.into_iter().map(|rule| (rule.body, (rule.least, rule.most))).collect())
}

/// The seats of all that merged into an organisation since its congress before.
async fn seats_before_merger(
    acting: &mut Acting,
    congress: &Congress,
) -> Result<HashMap<String, i32>, Failure> {
    let organisation_id = congress.organisation_id;
    let before =
        sqlx::query_file!("src/congress/sizes/merged.sql", organisation_id, congress.held_on)
            .fetch_all(acting.db())
            .await?;
    if before.is_empty() {
        return Err(Refused::MergerUnknown { organisation_id }.at("merged"));
    }
    Ok(before
        .into_iter()
        .map(|body| (body.body, i32::try_from(body.seats).unwrap_or(i32::MAX)))
        .collect())
}

/// The shares in force for an organisation on a day.
struct Shares {
    excess: Option<Share>,
    least: Option<Share>,
    standing: Option<Share>,
    co_opted: Option<Share>,
}

impl Shares {
    async fn read(acting: &mut Acting, unit: &Standing, on: Date) -> Result<Self, Failure> {
        let rows = sqlx::query!(
            "select share.share, share.numerator, share.denominator, share.seats_from
             from body_share_rule share
             where share.valid @> $1::date
               and share.level = (select case when bool_and(sector_need = 'NONE') then 'SUPERIOR' else 'GRASSROOTS' end
                                  from organisation_type_rule where type = $2)",
            on,
            unit.type_code,
        )
        .fetch_all(acting.db())
        .await?;
        let find = |name: &str| {
            rows.iter().find(|row| row.share == name).map(|row| Share {
                numerator: row.numerator,
                denominator: row.denominator,
                seats_from: row.seats_from,
            })
        };
        Ok(Self {
            excess: find("EXCESS"),
            least: find("LEAST_OF_MOST"),
            standing: find("STANDING_OF_EXECUTIVE"),
            co_opted: find("CO_OPTED"),
        })
    }

    /// The limits of a body that has a row of its own.
    fn limits(&self, body: &str, least: i32, most: i32) -> Limits {
        // Only of the executive is a share of the cap asked for.
        let share = self.least.filter(|_| body == EXECUTIVE);
        let least = least.max(share.map_or(0, |share| share.at_least_of(most)));
        Limits { least, most, allowed: most }
    }

    /// The limits of a standing committee, by the size of its executive.
    fn standing(&self, body: &str, executive: Option<i32>) -> Option<Limits> {
        let (share, executive) = self.standing.zip(executive.filter(|_| body == STANDING))?;
        let most = share.of(executive);
        (executive >= share.seats_from).then_some(Limits { least: 1, most, allowed: most })
    }

    fn with_consent(&self, most: i32) -> i32 {
        most + self.excess.map_or(0, |share| share.of(most))
    }
}

/// Refuses more members of the executive elected between congresses than their share, unless
/// the superior consented; `elected` now join those before.
pub async fn refuse_co_option(
    acting: &mut Acting,
    unit: &Standing,
    on: Date,
    elected: usize,
) -> Result<(), Failure> {
    let Some(share) = Shares::read(acting, unit, on).await?.co_opted else { return Ok(()) };
    let Some(term) = last_congress(acting, unit.organisation_id, EXECUTIVE, on).await? else {
        return Ok(());
    };
    let limit = share.of(term.seats);
    let co_opted = term.co_opted + i64::try_from(elected).unwrap_or(i64::MAX);
    if co_opted > i64::from(limit) {
        return Err(Refused::CoOptedTooMany { co_opted, limit }.at("offices"));
    }
    Ok(())
}

/// Refuses more members of a body than the seats that its congress decided.
pub async fn refuse_full(
    acting: &mut Acting,
    organisation_id: Uuid,
    body: &str,
    on: Date,
    elected: usize,
) -> Result<(), Failure> {
    let seats = sqlx::query!(
        r#"select decided.seats as "decided!",
                  (select count(*) from office
                   where office.organisation_id = $1 and office.body = $2
                     and office.valid @> $3::date and upper_inf(office.recorded)) as "held!"
           from (select congress_id from congress
                 where organisation_id = $1 and held_on <= $3 and access.covers($1)
                 order by held_on desc
                 limit 1) last
           join congress_body decided using (congress_id)
           where decided.body = $2 and decided.seats is not null"#,
        organisation_id,
        body,
        on,
    )
    .fetch_optional(acting.db())
    .await?;
    let Some(seats) = seats else { return Ok(()) };
    let held = seats.held + i64::try_from(elected).unwrap_or(i64::MAX);
    if held > i64::from(seats.decided) {
        let refused = Refused::SeatsExceeded {
            body: body.to_string(),
            seats: i32::try_from(held).unwrap_or(i32::MAX),
            decided: seats.decided,
        };
        return Err(refused.at("offices"));
    }
    Ok(())
}

/// The last congress that elected a body, as by-elections of its term are judged by it.
struct LastCongress {
    /// As decided, or else as filled.
    seats: i32,
    /// Elected into the body since.
    co_opted: i64,
}

async fn last_congress(
    acting: &mut Acting,
    organisation_id: Uuid,
    body: &str,
    on: Date,
) -> Result<Option<LastCongress>, Failure> {
    let last = sqlx::query_file!("src/congress/sizes/last_congress.sql", organisation_id, body, on)
        .fetch_optional(acting.db())
        .await?;
    Ok(last.filter(|last| last.seats > 0).map(|last| LastCongress {
        seats: i32::try_from(last.seats).unwrap_or(i32::MAX),
        co_opted: last.co_opted,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(numerator: i32, denominator: i32) -> Share {
        Share { numerator, denominator, seats_from: 9 }
    }

    #[test]
    fn a_cap_takes_whole_seats_only() {
        assert_eq!(share(1, 10).of(27), 2);
        assert_eq!(share(1, 10).of(9), 0);
        assert_eq!(share(1, 3).of(11), 3);
        assert_eq!(share(2, 3).of(7), 4);
    }

    #[test]
    fn the_least_share_is_never_below_it() {
        assert_eq!(share(1, 2).at_least_of(9), 5);
        assert_eq!(share(1, 2).at_least_of(3), 2);
    }

    #[test]
    fn a_standing_committee_is_a_third_of_an_executive_of_nine_and_more() {
        let shares =
            Shares { excess: None, least: None, standing: Some(share(1, 3)), co_opted: None };
        let most = |executive| shares.standing(STANDING, Some(executive)).map(|limits| limits.most);
        assert_eq!((most(8), most(9), most(27)), (None, Some(3), Some(9)));
    }
}
