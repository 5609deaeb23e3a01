//! `congdoan templates`: what organisations print their reports by, as files that a person can change.
//!
//! A file is the template of the contract as TOML, its fields as the contract names them.

use std::path::Path;

use anyhow::Context;
use chassis::parse::id_or_empty;
use proto::reporting::v1::{
    GetTemplateRequest, ListTemplatesInForceRequest, SetTemplateRequest, TemplateBody,
    TemplateVersion, WithdrawTemplateRequest,
};
use uuid::Uuid;

use crate::cli::templates::{
    ListTemplates, SetTemplate, ShowTemplate, Templates, TemplatesCommand, WithdrawTemplate,
};
use crate::language::tell;
use crate::organisation::today;
use crate::output::{answer, is_json, json, line, of_toml, print_json, table, to_toml};
use crate::told::{file_name, read_file, told, told_at, write_file};

/// Does what the command line asks for.
pub async fn run(templates: Templates) -> anyhow::Result<()> {
    match templates.command {
        TemplatesCommand::List(asked) => list(asked).await,
        TemplatesCommand::Show(asked) => show(asked).await,
        TemplatesCommand::Set(asked) => set(asked).await,
        TemplatesCommand::Withdraw(asked) => withdraw(asked).await,
    }
}

async fn list(asked: ListTemplates) -> anyhow::Result<()> {
    let client = asked.to.connect().await?;
    let organisation = today(&client, &asked.organisation).await?;
    let request =
        ListTemplatesInForceRequest { organisation_id: organisation.organisation_id.clone() };
    let templates =
        client.reports().list_templates_in_force(request).await.map_err(told)?.into_inner();
    answer(&templates, |answer| {
        let rows: Vec<Vec<String>> = answer
            .templates
            .iter()
            .map(|template| {
                let version = template.version.as_ref();
                vec![
                    template.code.clone(),
                    template.title_vi.clone(),
                    version.map_or_else(String::new, whose),
                ]
            })
            .collect();
        let heading = [tell!("mã", "code"), tell!("tên", "title"), tell!("của", "whose")];
        format!("{}\n{}", organisation.name, table(&heading, &rows))
    })
}

/// Whose a version is, and which.
fn whose(version: &TemplateVersion) -> String {
    match version.organisation_id.as_str() {
        "" => tell!("mọi nơi", "everybody"),
        _ => {
            let (name, version) = (&version.organisation_name, version.version);
            tell!("{name}, bản {version}", "{name}, version {version}")
        }
    }
}

async fn show(asked: ShowTemplate) -> anyhow::Result<()> {
    let client = asked.to.connect().await?;
    let organisation = today(&client, &asked.organisation).await?;
    let request = GetTemplateRequest {
        organisation_id: organisation.organisation_id,
        template: asked.template,
        template_version_id: id_or_empty(asked.version),
    };
    let template = client.reports().get_template(request).await.map_err(told)?.into_inner();
    if is_json() {
        print_json(&json(&template)?);
        return Ok(());
    }
    let version = template.version.unwrap_or_default();
    let about = tell!("{} ({})", "{} ({})", version.title_vi, whose(&version));
    let Some(body) = template.body else {
        line(&about);
        line(&tell!("mẫu này đã được rút", "the template is withdrawn here"));
        return Ok(());
    };
    let text = to_toml(&body)?;
    match &asked.out {
        None => line(&text),
        Some(file) => {
            write_file(file, &text)?;
            let file = file_name(file);
            line(&tell!("Đã ghi {about} vào {file}.", "{about} was written to {file}."));
        }
    }
    Ok(())
}

async fn set(asked: SetTemplate) -> anyhow::Result<()> {
    let body = read(&asked.file)?;
    let file = file_name(&asked.file);
    let client = asked.to.connect().await?;
    let organisation = today(&client, &asked.organisation).await?;
    let request = SetTemplateRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: asked.dry_run,
        organisation_id: organisation.organisation_id,
        template: asked.template.clone(),
        body: Some(body),
        version: asked.why.over,
        decision_id: id_or_empty(asked.why.decision_id),
        reason: asked.why.reason,
    };
    let version = client.reports().set_template(request).await;
    let version = version
        .map_err(|status| told_at(status, |field| place(&file, field)))
        .with_context(|| tell!("mẫu chưa được đặt", "the template was not set"))?
        .into_inner();
    answer(&version, |set| {
        let (template, name) = (&asked.template, &organisation.name);
        let number = set.version.as_ref().map_or(0, |version| version.version);
        match asked.dry_run {
            true => tell!(
                "Mẫu {template} dùng được cho {name}; chưa ghi gì.",
                "The template {template} can be {name}'s; nothing was written."
            ),
            false => tell!(
                "{name} có mẫu {template}, bản {number}.",
                "{name} has the template {template}, version {number}."
            ),
        }
    })
}

async fn withdraw(asked: WithdrawTemplate) -> anyhow::Result<()> {
    let client = asked.to.connect().await?;
    let organisation = today(&client, &asked.organisation).await?;
    let request = WithdrawTemplateRequest {
        request_id: Uuid::new_v4().to_string(),
        validate_only: asked.dry_run,
        organisation_id: organisation.organisation_id,
        template: asked.template.clone(),
        version: asked.why.over,
        decision_id: id_or_empty(asked.why.decision_id),
        reason: asked.why.reason,
    };
    let version = client.reports().withdraw_template(request).await;
    let version = version.map_err(|status| told_at(status, |field| place("", field)))?.into_inner();
    answer(&version, |_| {
        let (template, name) = (&asked.template, &organisation.name);
        match asked.dry_run {
            true => tell!(
                "Mẫu {template} của {name} rút được; chưa ghi gì.",
                "The template {template} of {name} can be withdrawn; nothing was written."
            ),
            false => tell!(
                "Đã rút mẫu {template} của {name}: mẫu của cấp trên lại có hiệu lực.",
                "The template {template} of {name} was withdrawn: its superior's holds again."
            ),
        }
    })
}

/// What a file says.
fn read(file: &Path) -> anyhow::Result<TemplateBody> {
    let name = file_name(file);
    let bytes = read_file(file)?;
    let text = String::from_utf8(bytes).with_context(|| {
        tell!("{name} không phải là văn bản UTF-8", "{name} is no text in UTF-8")
    })?;
    of_toml(&text).with_context(|| {
        tell!("{name} không đọc được như một mẫu", "{name} cannot be read as a template")
    })
}

/// Where the person finds a field that is at fault: what is of the body is of her file.
fn place(file: &str, field: &str) -> Option<String> {
    match field {
        "template" => Some("TEMPLATE".to_owned()),
        "version" => Some("--over".to_owned()),
        "decision_id" => Some("--decision-id".to_owned()),
        "reason" => Some("--reason".to_owned()),
        _ => {
            let of_body = field.strip_prefix("body.")?;
            Some(format!("{file}, {of_body}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::reporting::v1::{TemplateLine, template_line};

    use super::*;

    #[test]
    fn a_template_is_the_same_after_it_was_written_to_a_file_and_read() {
        let line = |content, decimals| TemplateLine {
            content: Some(content),
            decimals,
            ..TemplateLine::default()
        };
        let body = TemplateBody {
            title_vi: "Báo cáo \"nhanh\"".to_owned(),
            lines: vec![
                line(template_line::Content::Section("I. Tình hình".to_owned()), None),
                line(template_line::Content::Text("Có {ORG_STOCK} CĐCS".to_owned()), Some(0)),
            ],
            ..TemplateBody::default()
        };
        let text = to_toml(&body).expect("written");
        assert!(text.contains("[[lines]]"), "{text}");
        assert_eq!(of_toml::<TemplateBody>(&text).expect("read"), body);
        let wrong = of_toml::<TemplateBody>("title = \"x\"").expect_err("no such field");
        assert!(format!("{wrong:#}").contains("title"), "{wrong:#}");
    }
}
