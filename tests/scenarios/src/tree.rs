//! The tree as the replay loads it. Grassroots unions are made up, but for the names that the
//! reports give.

use std::collections::HashMap;

use anyhow::Context;
use chassis::parse::civil;
use proto::registry::v1::load_organisations_request::{Header, Line};
use proto::registry::v1::{BatchGetOrganisationsRequest, Organisation};

use crate::client::Client;
use crate::country::OPENED_ON;

/// A grassroots union that existed before the register did.
pub fn grassroots(code: &str, name: String, sector: &str, superior_code: &str) -> Line {
    Line {
        code: code.into(),
        name,
        r#type: "CDCS".into(),
        sector: sector.into(),
        superior_code: superior_code.into(),
        founded_on: Some(civil(OPENED_ON)),
        ..Line::default()
    }
}

/// Ids by code.
#[derive(Default)]
pub struct Tree {
    ids: HashMap<String, String>,
}

impl Tree {
    /// Loads the lines in one act and asks for the ids that they were given.
    pub async fn load(client: &Client, lines: Vec<Line>) -> anyhow::Result<Self> {
        let codes: Vec<String> = lines.iter().map(|line| line.code.clone()).collect();
        let header = Header { request_id: client.request_id("load"), ..Header::default() };
        client.load_organisations(header, lines).await.context("load the tree")?;
        client.happened(codes.len());
        Self::read(client, &codes).await
    }

    /// The ids of organisations that exist today.
    pub async fn read(client: &Client, codes: &[String]) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        for codes in codes.chunks(500) {
            let request =
                BatchGetOrganisationsRequest { codes: codes.to_vec(), ..Default::default() };
            let found = client.batch_get_organisations(request).await?.organisations;
            tree.ids.extend(
                found
                    .into_iter()
                    .map(|Organisation { code, organisation_id, .. }| (code, organisation_id)),
            );
        }
        Ok(tree)
    }

    /// The organisation that bears this code.
    pub fn id(&self, code: &str) -> anyhow::Result<String> {
        self.ids.get(code).cloned().with_context(|| format!("find {code} in the tree"))
    }
}

/// The name of a made-up union: of a school, an agency or a company, by its sector.
pub fn made_up_name(sector: &str, place: &str, n: usize) -> String {
    const TRADES: [&str; 12] = [
        "Thương mại",
        "Xây dựng",
        "Vận tải",
        "Cơ khí",
        "Dược phẩm",
        "May mặc",
        "Điện tử",
        "Thực phẩm",
        "Công nghệ",
        "In ấn",
        "Du lịch",
        "Nội thất",
    ];
    const FIRMS: [&str; 16] = [
        "An Phát",
        "Bình Minh",
        "Đại Thành",
        "Hồng Hà",
        "Kim Long",
        "Minh Quang",
        "Nam Việt",
        "Phú Thịnh",
        "Quang Minh",
        "Sao Mai",
        "Tân Tiến",
        "Thành Đạt",
        "Thiên Phú",
        "Toàn Thắng",
        "Việt Hưng",
        "Hòa Bình",
    ];
    const SCHOOLS: [&str; 4] =
        ["Trường Tiểu học", "Trường Trung học cơ sở", "Trường Mầm non", "Trung tâm Giáo dục"];
    let trade = TRADES[n % TRADES.len()];
    let firm = FIRMS[(n / TRADES.len() + n) % FIRMS.len()];
    let ordinal = n + 1;
    match sector {
        "HC" => format!("CĐCS Cơ quan hành chính {place} {ordinal}"),
        sector if sector.starts_with("SN") => {
            format!("CĐCS {} {place} {ordinal}", SCHOOLS[n % SCHOOLS.len()])
        }
        "FDI_LD" => format!("CĐCS Công ty Liên doanh {trade} {firm} {ordinal}"),
        "FDI_100" => format!("CĐCS Công ty TNHH {trade} {firm} Việt Nam {ordinal}"),
        "NNN_CP" => format!("CĐCS Công ty Cổ phần {trade} {firm} {ordinal}"),
        "HTX" => format!("CĐCS Hợp tác xã {trade} {firm} {ordinal}"),
        _ => format!("CĐCS Công ty TNHH {trade} {firm} {ordinal}"),
    }
}
