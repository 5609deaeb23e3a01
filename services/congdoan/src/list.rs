//! `congdoan list`: what may be written where a code is asked for.

use chassis::parse::civil;
use proto::registry::v1 as pb;
use proto::registry::v1::organisation_type::SectorNeed;
use proto::reporting::v1::{ListActivityKindsRequest, ListIndicatorsRequest};
use system::Client;

use crate::cli::lookup::{List, Listed};
use crate::language::{Language, current, tell};
use crate::organisation::day;
use crate::output::{answer, table};
use crate::told::told;

/// Prints the list that the command line names.
pub async fn run(list: List) -> anyhow::Result<()> {
    match list.what {
        Listed::Types { in_force_on, to } => {
            let client = to.connect().await?;
            let request = pb::ListOrganisationTypesRequest { in_force_on: in_force_on.map(civil) };
            let types = client.references().list_organisation_types(request).await.map_err(told)?;
            answer(&types.into_inner(), |types| self::types(&types.types))
        }
        Listed::Sectors { to } => {
            let client = to.connect().await?;
            let request = pb::ListSectorsRequest::default();
            let sectors = client.references().list_sectors(request).await.map_err(told)?;
            answer(&sectors.into_inner(), |sectors| self::sectors(&sectors.sectors))
        }
        Listed::Industries { in_force_on, to } => {
            let client = to.connect().await?;
            let request = pb::ListIndustriesRequest { in_force_on: in_force_on.map(civil) };
            let listed = client.references().list_industries(request).await.map_err(told)?;
            answer(&listed.into_inner(), |listed| industries(&listed.industries))
        }
        Listed::Roles { permission, to } => {
            let client = to.connect().await?;
            let request = pb::ListRolesRequest { permission: permission.unwrap_or_default() };
            let roles = client.references().list_roles(request).await.map_err(told)?;
            answer(&roles.into_inner(), |roles| self::roles(&roles.roles))
        }
        Listed::Indicators { to } => indicators(&to.connect().await?).await,
        Listed::ActivityKinds { to } => activity_kinds(&to.connect().await?).await,
    }
}

fn types(types: &[pb::OrganisationType]) -> String {
    let rows: Vec<Vec<String>> = types
        .iter()
        .map(|kind| {
            let sector = match kind.sector_need() {
                SectorNeed::Required => tell!("bắt buộc", "required"),
                SectorNeed::Allowed => tell!("nếu có", "may have"),
                SectorNeed::None | SectorNeed::Unspecified => tell!("không", "none"),
            };
            let days = [kind.in_force_from, kind.in_force_until]
                .map(|on| on.and_then(day).map(|on| on.to_string()).unwrap_or_default());
            vec![
                kind.code.clone(),
                sector,
                days[0].clone(),
                days[1].clone(),
                kind.superior_types.join(" "),
                kind.name.clone(),
            ]
        })
        .collect();
    let heading = [
        tell!("mã", "code"),
        tell!("khối", "sector"),
        tell!("từ", "from"),
        tell!("trước", "until"),
        tell!("cấp trên", "superiors"),
        tell!("tên", "name"),
    ];
    table(&heading, &rows)
}

fn sectors(sectors: &[pb::Sector]) -> String {
    let rows: Vec<Vec<String>> = sectors
        .iter()
        .map(|sector| {
            let group =
                if sector.is_group { tell!("(nhóm)", "(group)") } else { sector.group_of.clone() };
            vec![sector.code.clone(), group, sector.name.clone()]
        })
        .collect();
    table(&[tell!("mã", "code"), tell!("thuộc nhóm", "in the group"), tell!("tên", "name")], &rows)
}

fn industries(industries: &[pb::Industry]) -> String {
    let rows: Vec<Vec<String>> = industries
        .iter()
        .map(|industry| {
            let name = match current() {
                Language::Vietnamese => &industry.name,
                Language::English => &industry.name_en,
            };
            let [from, until] = [industry.in_force_from, industry.in_force_until]
                .map(|on| on.and_then(day).map(|on| on.to_string()).unwrap_or_default());
            vec![industry.code.clone(), from, until, name.clone()]
        })
        .collect();
    let heading =
        [tell!("mã", "code"), tell!("từ", "from"), tell!("trước", "until"), tell!("tên", "name")];
    table(&heading, &rows)
}

fn roles(roles: &[pb::Role]) -> String {
    let rows: Vec<Vec<String>> = roles
        .iter()
        .map(|role| {
            let meaning = match current() {
                Language::Vietnamese => &role.meaning_vi,
                Language::English => &role.meaning,
            };
            vec![role.code.clone(), meaning.clone()]
        })
        .collect();
    let hint = tell!(
        "Số định danh và điện thoại của đoàn viên chỉ hiện cho ai có quyền membership.identity.read: \
         `congdoan list roles --permission membership.identity.read`.",
        "Members' identity numbers and telephones are shown only to holders of \
         membership.identity.read: `congdoan list roles --permission membership.identity.read`."
    );
    let drawn = table(&[tell!("vai trò", "role"), tell!("để làm gì", "what it is for")], &rows);
    format!("{drawn}\n\n{hint}")
}

async fn indicators(client: &Client) -> anyhow::Result<()> {
    let listed = client.figures().list_indicators(ListIndicatorsRequest {}).await.map_err(told)?;
    answer(&listed.into_inner(), |listed| {
        let rows: Vec<Vec<String>> = listed
            .indicators
            .iter()
            .map(|indicator| {
                let name = match current() {
                    Language::Vietnamese => &indicator.name_vi,
                    Language::English => &indicator.name_en,
                };
                let counts = match current() {
                    Language::Vietnamese => &indicator.counts_vi,
                    Language::English => &indicator.counts_en,
                };
                let code = match indicator.version {
                    0 => indicator.code.clone(),
                    version => format!("{}@{version}", indicator.code),
                };
                vec![code, name.clone(), counts.clone()]
            })
            .collect();
        let heading = [tell!("mã", "code"), tell!("chỉ tiêu", "indicator"), tell!("đếm", "counts")];
        table(&heading, &rows)
    })
}

/// One line for each field; what is required is marked.
async fn activity_kinds(client: &Client) -> anyhow::Result<()> {
    let asked = ListActivityKindsRequest {};
    let listed = client.activities().list_activity_kinds(asked).await.map_err(told)?;
    answer(&listed.into_inner(), |listed| {
        let named = |vietnamese: &str, english: &str| match current() {
            Language::Vietnamese => vietnamese.to_owned(),
            Language::English => english.to_owned(),
        };
        let mut rows: Vec<Vec<String>> = Vec::new();
        for kind in &listed.kinds {
            let name = named(&kind.name_vi, &kind.name_en);
            rows.push(vec![kind.code.clone(), String::new(), String::new(), name]);
            for field in &kind.fields {
                let mark = if field.required { "*" } else { "" };
                let codes: Vec<&str> =
                    field.choices.iter().map(|choice| choice.code.as_str()).collect();
                let name = named(&field.name_vi, &field.name_en);
                let field = format!("{}{mark}", field.name);
                rows.push(vec![String::new(), field, codes.join(" "), name]);
            }
        }
        let heading = [
            tell!("mã", "code"),
            tell!("mục (* bắt buộc)", "field (* required)"),
            tell!("mã chọn", "choices"),
            tell!("tên", "name"),
        ];
        table(&heading, &rows)
    })
}
