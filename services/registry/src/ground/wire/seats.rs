//! Seats and terms.

use chassis::parse::{self, civil};
use chassis::refusal::Refusal;
use proto::registry::v1 as pb;

use crate::ground::bodies::Term;
use crate::ground::refused::Refused;
use crate::ground::seats::{EXECUTIVE, NewOffice};
use crate::ground::wire::reference_code;

/// Offices of one act, at most.
pub(crate) const OFFICES_MAX: usize = 1_000;

/// A term lasts so many years at most.
pub const TERM_YEARS_MAX: i32 = 10;

/// Seats to be taken: all in `body`, or each in the body that it names.
pub fn new_offices(
    field: &str,
    body: Option<&str>,
    offices: Vec<pb::NewOffice>,
) -> Result<Vec<NewOffice>, Refusal> {
    if offices.len() > OFFICES_MAX {
        let refused = Refused::TooManyOffices { offices: offices.len(), limit: OFFICES_MAX };
        return Err(refused.refusal().field(field));
    }
    offices
        .into_iter()
        .enumerate()
        .map(|(n, office)| {
            let part = |part: &str| format!("{field}[{n}].{part}");
            Ok(NewOffice {
                body: match (body, office.body.as_str()) {
                    (Some(body), _) => body.to_string(),
                    (None, "") => EXECUTIVE.to_string(),
                    (None, given) => reference_code(&part("body"), given)?,
                },
                position: reference_code(&part("position"), &office.position)?,
                person_id: parse::id(&part("person_id"), &office.person_id)?,
                term_until: parse::optional_date(&part("term_until"), office.term_until)?,
            })
        })
        .collect()
}

/// As [`new_offices`], and at least one.
pub fn some_new_offices(
    field: &str,
    body: &str,
    offices: Vec<pb::NewOffice>,
) -> Result<Vec<NewOffice>, Refusal> {
    if offices.is_empty() {
        return Err(Refused::OfficesEmpty.refusal().field(field));
    }
    new_offices(field, Some(body), offices)
}

/// A term as the contract carries it.
pub fn term(term: Term) -> pb::Term {
    pb::Term {
        congress_id: term.congress_id.to_string(),
        ordinal: term.ordinal,
        held_on: Some(civil(term.held_on)),
        from_year: term.from_year,
        to_year: term.to_year,
        form: term.form,
        reason: term.reason,
        member_count: term.member_count.unwrap_or_default(),
    }
}
