//! `congdoan reference`: later versions of the lists of codes and rules.

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1 as pb;
use uuid::Uuid;

use crate::cli::reference::{LoadReference, Reference, ReferenceCommand, Which};
use crate::decided;
use crate::language::{counted, tell};
use crate::output::answer;
use crate::told::{file_name, read_file, told_at};

/// Does what the command line asks for.
pub async fn run(reference: Reference) -> anyhow::Result<()> {
    match reference.command {
        ReferenceCommand::Load(load) => self::load(load).await,
    }
}

async fn load(load: LoadReference) -> anyhow::Result<()> {
    let csv = read_file(&load.file)?;
    let request = pb::LoadReferenceRequest {
        // Nothing is the same twice: what was loaded before changes nothing by itself.
        request_id: Uuid::new_v4().to_string(),
        validate_only: load.dry_run,
        list: list(load.which).into(),
        csv,
        effective_on: load.decided.effective_on.map(civil),
        basis: load.decided.basis(None, load.title.as_deref().unwrap_or_default()),
    };
    let file = file_name(&load.file);
    let client = load.to.connect().await?;
    let loaded = client.references().load_reference(request).await;
    let loaded = loaded
        .map_err(|status| told_at(status, |field| place(&file, field)))
        .with_context(|| tell!("{file} chưa được nạp", "{file} was not loaded"))?
        .into_inner();
    answer(&loaded, |loaded| words(loaded, load.dry_run))
}

/// The list of the contract.
fn list(which: Which) -> pb::ReferenceList {
    match which {
        Which::OrganisationTypes => pb::ReferenceList::OrganisationTypes,
        Which::Sectors => pb::ReferenceList::Sectors,
        Which::Industries => pb::ReferenceList::Industries,
        Which::MinimumFounders => pb::ReferenceList::MinimumFounders,
        Which::Communes => pb::ReferenceList::Communes,
        Which::Territories => pb::ReferenceList::Territories,
        Which::DocumentKinds => pb::ReferenceList::DocumentKinds,
        Which::Bodies => pb::ReferenceList::Bodies,
        Which::Positions => pb::ReferenceList::Positions,
        Which::BodySizes => pb::ReferenceList::BodySizes,
        Which::BodyShares => pb::ReferenceList::BodyShares,
        Which::CongressForms => pb::ReferenceList::CongressForms,
        Which::Deadlines => pb::ReferenceList::Deadlines,
        Which::EnterpriseTypes => pb::ReferenceList::EnterpriseTypes,
        Which::CampaignStages => pb::ReferenceList::CampaignStages,
    }
}

/// Where the person finds a field that is at fault: `csv[7].valid_to` is a cell of her file, whose
/// lines the register counts as an editor does.
fn place(file: &str, field: &str) -> Option<String> {
    let Some((line, column)) = field.strip_prefix("csv[").and_then(|rest| rest.split_once(']'))
    else {
        return match field {
            "csv" => Some(file.to_owned()),
            "list" => Some("LIST".to_owned()),
            "basis.new_decision.title" => Some("--title".to_owned()),
            _ => decided::option(field),
        };
    };
    let line = tell!("{file} dòng {line}", "{file} line {line}");
    Some(match column.trim_start_matches('.') {
        "" => line,
        column => format!("{line}, {column}"),
    })
}

/// What is otherwise now, or would be.
fn words(loaded: &pb::LoadReferenceResponse, dry_run: bool) -> String {
    let &pb::LoadReferenceResponse { added, ended, changed } = loaded;
    if (added, ended, changed) == (0, 0, 0) {
        return tell!(
            "Danh mục vốn đã như vậy: không có gì thay đổi.",
            "The list says so already: nothing changes."
        );
    }
    let new = counted(added, "rule or code is new", "rules and codes are new");
    let over = counted(ended, "rule ended or holds otherwise", "rules ended or hold otherwise");
    let renamed = counted(changed, "code is called otherwise", "codes are called otherwise");
    let what = tell!(
        "{added} quy định hoặc mã mới, {ended} quy định hết hiệu lực hoặc áp dụng khác đi, {changed} mã \
         được gọi khác đi",
        "{new}, {over}, {renamed}"
    );
    match dry_run {
        true => tell!(
            "Danh mục sẽ khác đi: {what}; chưa ghi gì.",
            "The list would be otherwise: {what}; nothing was written."
        ),
        false => tell!("Đã nạp danh mục: {what}.", "The list was loaded: {what}."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_list_of_the_contract_can_be_named_as_its_file_is() {
        let named = Which::value_variants().iter().map(|which| {
            let word = which.to_possible_value().expect("a word").get_name().to_uppercase();
            let of_contract = format!("REFERENCE_LIST_{}", word.replace('-', "_"));
            assert_eq!(list(*which).as_str_name(), of_contract);
            of_contract
        });
        let named: BTreeSet<String> = named.collect();
        let known = (1..).map_while(|n| pb::ReferenceList::try_from(n).ok());
        let known: BTreeSet<String> = known.map(|list| list.as_str_name().to_owned()).collect();
        assert_eq!(named, known);
    }
}
