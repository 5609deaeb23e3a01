//! Definitions parsed, and what became of them.

use std::collections::BTreeMap;

use chassis::parse;
use chassis::refusal::Refusal;
use proto::reporting::v1 as pb;

use crate::ground::figure::source::Unfit;
use crate::ground::reference::{Definition, Kind, Reference};
use crate::ground::refused::Refused;
use crate::indicator::load_indicators::IndicatorsLoaded;

const NAME_MAX: usize = 200;
const UNIT_MAX: usize = 40;
const FORMULA_MAX: usize = 2_000;

/// A line, with all that it needs.
pub fn definition(at: &str, line: &pb::IndicatorDefinition) -> Result<Definition, Refusal> {
    let field = |name: &str| format!("{at}.{name}");
    let text = |name: &str, text: &str, limit| parse::text(&field(name), text, limit);
    Ok(Definition {
        code: text("code", &line.code, UNIT_MAX)?,
        name_vi: text("name_vi", &line.name_vi, NAME_MAX)?,
        name_en: text("name_en", &line.name_en, NAME_MAX)?,
        unit_vi: text("unit_vi", &line.unit_vi, UNIT_MAX)?,
        kind: match line.kind() {
            pb::IndicatorKind::Additive => Kind::Additive,
            pb::IndicatorKind::Distinct => Kind::Distinct,
            pb::IndicatorKind::Share => Kind::Share,
            pb::IndicatorKind::Unspecified => return Err(parse::required(&field("kind"))),
        },
        numerator: text("numerator", &line.numerator, FORMULA_MAX)?,
        denominator: parse::optional_text(&field("denominator"), &line.denominator, FORMULA_MAX)?
            .unwrap_or_default(),
        without_suspended: line.without_suspended,
    })
}

/// What is wrong with lines, whoever loads them and whatever is loaded already.
pub fn faults(reference: &Reference, definitions: &[Definition]) -> Vec<Refused> {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (line, definition) in definitions.iter().enumerate() {
        let code = definition.code.as_str();
        let field = |name: &str| format!("indicators[{line}].{name}");
        if !is_code(code) {
            faults.push(Refused::IndicatorCodeMalformed { field: field("code") });
            continue;
        }
        if reference.indicator(code).is_some() {
            let indicator = code.to_string();
            faults.push(Refused::IndicatorBuiltIn { field: field("code"), indicator });
            continue;
        }
        if let Some(first) = met.insert(code, line) {
            faults.push(Refused::LineRepeated { field: format!("indicators[{line}]"), first });
            continue;
        }
        if let Err(unfit) = reference.define(definition) {
            let field = match &unfit {
                Unfit::KindUnfit => field("kind"),
                _ => field("numerator"),
            };
            let cause = unfit.cause();
            let (source, word) = unfit.named();
            faults.push(Refused::IndicatorUnfit { field, cause, source, word });
        }
    }
    faults
}

fn is_code(code: &str) -> bool {
    let of_code =
        |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_';
    (2..=40).contains(&code.len())
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(of_code)
}

/// What the act answers.
pub fn loaded(loaded: &IndicatorsLoaded) -> pb::LoadIndicatorsResponse {
    let of = |(code, version, is_new): &(String, i32, bool)| pb::load_indicators_response::Loaded {
        code: code.clone(),
        version: *version,
        is_new: *is_new,
    };
    pb::LoadIndicatorsResponse { indicators: loaded.indicators.iter().map(of).collect() }
}
