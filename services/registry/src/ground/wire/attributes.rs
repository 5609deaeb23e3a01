//! Communes, seals and accounts.

use chassis::parse;
use chassis::refusal::Refusal;
use feeds::registry::Seal;
use proto::registry::v1 as pb;

use crate::ground::attributes::{Account, Commune};
use crate::ground::refused::Refused;

/// Longest number of an account.
const ACCOUNT_NUMBER_MAX: usize = 30;
/// Longest name of a bank.
const BANK_MAX: usize = 200;

/// A seal, and an account of a number and a bank, or none; `within` names the message that they
/// are fields of.
pub(crate) fn seal_and_account(
    within: &str,
    seal: pb::SealStatus,
    number: String,
    bank: &str,
) -> Result<(Seal, Account), Refusal> {
    let field = |name: &str| format!("{within}{name}");
    let seal = match seal {
        pb::SealStatus::Unspecified => {
            return Err(Refused::SealRequired.refusal().field(field("seal")));
        }
        pb::SealStatus::None => Seal::None,
        pb::SealStatus::InUse => Seal::InUse,
        pb::SealStatus::HandedIn => Seal::HandedIn,
        pb::SealStatus::Lost => Seal::Lost,
    };
    let bank = parse::optional_text(&field("account_bank"), bank, BANK_MAX)?.unwrap_or_default();
    let is_number =
        number.len() <= ACCOUNT_NUMBER_MAX && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || number.is_empty() != bank.is_empty() {
        return Err(Refused::AccountInvalid.refusal().field(field("account_number")));
    }
    Ok((seal, Account { number, bank }))
}

/// A commune under the name of its time.
pub(crate) fn commune(commune: Commune) -> pb::Commune {
    pb::Commune { code: commune.commune, name: commune.name, province_code: commune.province_code }
}
