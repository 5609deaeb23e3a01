//! Organisations as the command line names them: by code, or by id.

use chassis::parse::civil;
use proto::google::r#type::Date as CivilDate;
use proto::registry::v1 as pb;
use system::Client;
use time::Date;
use uuid::Uuid;

use crate::fault::{CODE_AMBIGUOUS, CODE_UNKNOWN, fault_of};
use crate::language::tell;
use crate::told::{placed, told};

/// The organisation that bore a code in a period, or else on the day of a tree; or the one that
/// has this id. Where several did, nobody is preferred: which one is meant is asked.
pub async fn borne(
    client: &Client,
    named: &str,
    from: Date,
    to: Date,
    as_of: Option<Date>,
) -> anyhow::Result<pb::Organisation> {
    let option = |field: &str| {
        let option = match field {
            "code" | "organisation_id" => "--organisation",
            // It is looked at as it is at the end of the period.
            "as_of" => "--to",
            _ => return None,
        };
        Some(option.to_owned())
    };
    if let Ok(organisation_id) = Uuid::try_parse(named) {
        return by_id(client, organisation_id, to).await.map_err(|error| placed(error, option));
    }
    let bearers = bearers(client, named).await.map_err(|error| placed(error, option))?;
    let mut meant = within(&bearers, from, to);
    if let Some(on) = as_of.filter(|_| meant.is_empty()) {
        meant = within(&bearers, on, on);
    }
    match &*meant {
        [] => Err(fault_of(
            CODE_UNKNOWN,
            "--organisation",
            tell!(
                "không có tổ chức nào trong phạm vi của bạn mang mã {named} từ {from} đến {to}",
                "no organisation in your scope bore the code {named} from {from} to {to}"
            ),
        )),
        [one] => {
            // On a day on which it bore the code, so that it has the name of that time.
            let last = one.until_on.and_then(day).and_then(Date::previous_day);
            let on = last.map_or(to, |last| last.min(to));
            let id = Uuid::try_parse(&one.organisation_id)?;
            by_id(client, id, on).await.map_err(|error| placed(error, option))
        }
        several => Err(which(client, named, several, "--organisation").await?),
    }
}

/// The organisation that bore a code on a day, or has this id; `option` names it.
pub async fn on(
    client: &Client,
    named: &str,
    on: Date,
    option: &str,
) -> anyhow::Result<pb::Organisation> {
    let place = |field: &str| {
        let option = match field {
            "code" | "organisation_id" => option,
            "as_of" => "--as-of",
            _ => return None,
        };
        Some(option.to_owned())
    };
    let id = match Uuid::try_parse(named) {
        Ok(id) => id,
        Err(_) => {
            let bearers = bearers(client, named).await.map_err(|error| placed(error, place))?;
            match &*within(&bearers, on, on) {
                [] => {
                    return Err(fault_of(
                        CODE_UNKNOWN,
                        option,
                        tell!(
                            "không có tổ chức nào trong phạm vi của bạn mang mã {named} ngày {on}; tìm \
                             bằng `congdoan search`",
                            "no organisation in your scope bore the code {named} on {on}; look for it \
                             with `congdoan search`"
                        ),
                    ));
                }
                [one] => Uuid::try_parse(&one.organisation_id)?,
                several => return Err(which(client, named, several, option).await?),
            }
        }
    };
    by_id(client, id, on).await.map_err(|error| placed(error, place))
}

/// Everybody who ever bore a code.
async fn bearers(client: &Client, code: &str) -> anyhow::Result<Vec<pb::CodeBearer>> {
    let request = pb::ListCodeBearersRequest { code: code.to_owned(), known_at: None };
    let bearers = client.histories().list_code_bearers(request).await.map_err(told)?;
    Ok(bearers.into_inner().bearers)
}

/// Who bore the code on some day of a period, each once.
fn within(bearers: &[pb::CodeBearer], from: Date, to: Date) -> Vec<pb::CodeBearer> {
    let mut meant: Vec<pb::CodeBearer> = Vec::new();
    for bearer in bearers {
        let begins = bearer.from_on.and_then(day).is_none_or(|begins| begins <= to);
        let lasts = bearer.until_on.and_then(day).is_none_or(|until| from < until);
        if begins && lasts {
            // Of one organisation, the last time counts.
            meant.retain(|known| known.organisation_id != bearer.organisation_id);
            meant.push(bearer.clone());
        }
    }
    meant
}

async fn by_id(
    client: &Client,
    organisation_id: Uuid,
    on: Date,
) -> anyhow::Result<pb::Organisation> {
    let request = pb::GetOrganisationRequest {
        organisation_id: organisation_id.to_string(),
        as_of: Some(civil(on)),
        known_at: None,
    };
    let found = client.organisations().get_organisation(request).await.map_err(told)?;
    found
        .into_inner()
        .organisation
        .ok_or_else(|| anyhow::Error::msg("an organisation was promised"))
}

/// Asks which of several is meant.
async fn which(
    client: &Client,
    code: &str,
    several: &[pb::CodeBearer],
    option: &str,
) -> anyhow::Result<anyhow::Error> {
    let mut lines = Vec::new();
    for bearer in several {
        let until = bearer.until_on.and_then(day);
        let last = until.and_then(Date::previous_day);
        let from = bearer.from_on.and_then(day).unwrap_or(Date::MIN);
        let id = Uuid::try_parse(&bearer.organisation_id)?;
        let name = by_id(client, id, last.unwrap_or(from).max(from)).await?.name;
        lines.push(match last {
            Some(last) => {
                tell!("{id}  {name}, từ {from} đến {last}", "{id}  {name}, {from} to {last}")
            }
            None => tell!("{id}  {name}, từ {from}", "{id}  {name}, from {from} on"),
        });
    }
    let (count, lines) = (lines.len(), lines.join("\n  "));
    Ok(fault_of(
        CODE_AMBIGUOUS,
        option,
        tell!(
            "trong kỳ này có {count} tổ chức lần lượt mang mã {code}; hãy ghi rõ bằng {option} ID:\n  {lines}",
            "{count} organisations bore the code {code} in this period; say which by {option} ID:\n  {lines}"
        ),
    ))
}

/// The organisation that bears a code today, or has this id; `--organisation` names it.
pub async fn today(client: &Client, named: &str) -> anyhow::Result<pb::Organisation> {
    let today = chassis::database::today();
    if let Ok(organisation_id) = Uuid::try_parse(named) {
        return by_id(client, organisation_id, today).await;
    }
    let request =
        pb::BatchGetOrganisationsRequest { codes: vec![named.to_owned()], ..Default::default() };
    let found = client.organisations().batch_get_organisations(request).await.map_err(told)?;
    found.into_inner().organisations.into_iter().next().ok_or_else(|| {
        fault_of(
            CODE_UNKNOWN,
            "--organisation",
            tell!(
                "không có tổ chức nào trong phạm vi của bạn mang mã {named}; tìm bằng `congdoan search`",
                "no organisation in your scope bears the code {named}; look for it with `congdoan search`"
            ),
        )
    })
}

/// A civil date of an answer.
pub fn day(date: CivilDate) -> Option<Date> {
    chassis::parse::date("", Some(date)).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn bearer(id: &str, from: Date, until: Option<Date>) -> pb::CodeBearer {
        pb::CodeBearer {
            organisation_id: id.to_owned(),
            from_on: Some(civil(from)),
            until_on: until.map(civil),
        }
    }

    #[test]
    fn everybody_who_bore_a_code_in_a_period_is_meant() {
        let change = date!(2025 - 07 - 01);
        let bearers = [bearer("a", date!(1997 - 01 - 01), Some(change)), bearer("b", change, None)];
        let meant = |from, to| -> Vec<String> {
            within(&bearers, from, to).into_iter().map(|one| one.organisation_id).collect()
        };
        assert_eq!(meant(date!(2025 - 01 - 01), date!(2025 - 06 - 30)), ["a"]);
        assert_eq!(meant(change, date!(2025 - 12 - 31)), ["b"]);
        assert_eq!(meant(date!(2025 - 01 - 01), date!(2025 - 12 - 31)), ["a", "b"]);
        assert_eq!(meant(date!(1990 - 01 - 01), date!(1990 - 12 - 31)), [""; 0]);
    }
}
