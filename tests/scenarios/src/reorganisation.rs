//! The reorganisation of 2025, as acts: 63 provinces become 34, the districts and the local
//! sector unions end, and grassroots unions go straight under their province.
//!
//! Where one of the old provinces keeps its name and its code, its federation goes on and the
//! others merge into it. Where the new province bears the name of one and the code of
//! another, all of them consolidate into a federation that is founded for it.

use std::collections::BTreeMap;

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1::end_organisations_request::Unit;
use proto::registry::v1::{
    Basis, EndKind, EndOrganisationsRequest, FoundOrganisationRequest, MembersOutcome, NewDecision,
    RenameOrganisationRequest, basis,
};
use time::Date;
use time::macros::date;

use crate::country::{
    HA_NOI_EDUCATION, Reference, THAI_NGUYEN_SECTORS, district_federation, lower_first,
    province_federation,
};
use crate::office::Office;
use crate::tree::Tree;

/// From when there are 34 provinces and no districts.
pub const ON: Date = date!(2025 - 07 - 01);

/// When it was decided.
const DECIDED_ON: Date = date!(2025 - 06 - 27);

/// What the reorganisation came to.
pub struct Reorganised {
    /// Federation of each province of 2025, by the new code.
    pub federations: BTreeMap<String, String>,
    /// Provinces, districts and sector unions that ended.
    pub ended: usize,
    /// Unions that got another superior.
    pub handed_over: usize,
}

/// Replays the acts. `confederation` is the office of the Confederation.
pub async fn replay(
    confederation: &Office,
    reference: &Reference,
    tree: &Tree,
) -> anyhow::Result<Reorganised> {
    rename_hue(confederation, tree).await?;

    let mut federations = BTreeMap::new();
    for province in &reference.new_provinces {
        let going_on = reference.succession.iter().find(|old| {
            old.new_code == province.code
                && old.successor_keeps_name == 1
                && old.successor_keeps_code == 1
        });
        let federation = match going_on {
            Some(old) => tree.id(&province_federation(&old.old_code))?,
            None => found(confederation, &province.code, &province.full_name_vi).await?,
        };
        federations.insert(province.code.clone(), federation);
    }

    let (handed_over, ended) = end(confederation, reference, tree, &federations).await?;
    Ok(Reorganised { federations, ended, handed_over })
}

/// Thừa Thiên Huế has been the city of Huế since 2025-01-01.
async fn rename_hue(confederation: &Office, tree: &Tree) -> anyhow::Result<()> {
    let request = RenameOrganisationRequest {
        request_id: confederation.client.request_id("rename/46"),
        organisation_id: tree.id(&province_federation("46"))?,
        name: "Liên đoàn Lao động thành phố Huế".into(),
        effective_on: Some(civil(date!(2025 - 01 - 01))),
        ..RenameOrganisationRequest::default()
    };
    confederation.client.rename_organisation(request).await?;
    confederation.client.happened(1);
    Ok(())
}

/// A federation for a province that goes on from none of the old ones. Its code says of
/// which list the province's code is: 15 was Yên Bái and is Lào Cai.
async fn found(confederation: &Office, code: &str, full_name: &str) -> anyhow::Result<String> {
    let request = FoundOrganisationRequest {
        request_id: confederation.client.request_id(&format!("found/province/{code}")),
        code: format!("LDLD34-{code}"),
        name: format!("Liên đoàn Lao động {}", lower_first(full_name)),
        r#type: "LDLD_TINH".into(),
        superior_id: confederation.organisation_id.clone(),
        effective_on: Some(civil(ON)),
        basis: Some(decided(confederation, &format!("6{code}/QĐ-TLĐ"))),
        ..FoundOrganisationRequest::default()
    };
    let founded = confederation.client.found_organisation(request).await?;
    confederation.client.happened(1);
    Ok(founded.organisation_id)
}

/// Everything that ends, in one act: it is done whole or not at all.
async fn end(
    confederation: &Office,
    reference: &Reference,
    tree: &Tree,
    federations: &BTreeMap<String, String>,
) -> anyhow::Result<(usize, usize)> {
    let heir_of = |province_code: &str| {
        let old = reference.succession.iter().find(|old| old.old_code == province_code);
        old.and_then(|old| federations.get(&old.new_code))
            .with_context(|| format!("find the successor of province {province_code}"))
    };
    let ending = |organisation_id: String, kind: EndKind, heir: &str| Unit {
        organisation_id,
        kind: kind.into(),
        principal_successor_id: heir.into(),
        members_outcome: MembersOutcome::Rehomed.into(),
        rehome_to_id: heir.into(),
        subordinates_to_id: heir.into(),
        ..Unit::default()
    };

    let mut units = Vec::new();
    for province in &reference.provinces {
        let (federation, heir) =
            (tree.id(&province_federation(&province.code))?, heir_of(&province.code)?);
        if federation != *heir {
            let goes_on = tree.id(&province_federation(&successor_code(reference, &province.code)));
            let kind = match goes_on {
                Ok(goes_on) if goes_on == *heir => EndKind::Merged,
                _ => EndKind::Consolidated,
            };
            units.push(ending(federation, kind, heir));
        }
    }
    for district in &reference.districts {
        let code = district_federation(&district.province_code, &district.code);
        let heir = heir_of(&district.province_code)?;
        units.push(ending(tree.id(&code)?, EndKind::Terminated, heir));
    }
    // The union of the industrial zones goes on.
    let [education, health, building, officials, _zones] = THAI_NGUYEN_SECTORS;
    for (code, province) in [
        (HA_NOI_EDUCATION, "01"),
        (education, "19"),
        (health, "19"),
        (building, "19"),
        (officials, "19"),
    ] {
        units.push(ending(tree.id(code)?, EndKind::Terminated, heir_of(province)?));
    }

    let ended = units.len();
    let request = EndOrganisationsRequest {
        request_id: confederation.client.request_id("reorganisation"),
        validate_only: false,
        units,
        effective_on: Some(civil(ON)),
        basis: Some(decided(confederation, "1500/QĐ-TLĐ")),
    };
    let done = confederation.client.end_organisations(request).await?;
    let handed_over = usize::try_from(done.handed_over)?;
    confederation.client.happened(ended + handed_over);
    Ok((handed_over, ended))
}

/// The code, of the new list, of the province that an old one went into.
fn successor_code(reference: &Reference, province_code: &str) -> String {
    let old = reference.succession.iter().find(|old| old.old_code == province_code);
    old.map(|old| old.new_code.clone()).unwrap_or_default()
}

fn decided(confederation: &Office, number: &str) -> Basis {
    Basis {
        basis: Some(basis::Basis::NewDecision(NewDecision {
            issuer_id: confederation.organisation_id.clone(),
            number: number.into(),
            issued_on: Some(civil(DECIDED_ON)),
            effective_on: Some(civil(ON)),
            title: "Sắp xếp tổ chức công đoàn theo mô hình chính quyền hai cấp".into(),
            ..NewDecision::default()
        })),
    }
}
