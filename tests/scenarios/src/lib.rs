//! Five federations' years, replayed as events through the public API, and their reports
//! printed to the digit: what `congdoan demo` shows.
//!
//! Nothing here reaches past the gateway, and no total is ever sent: what is printed was
//! counted by the services. [`expected`] is read by what checks, and by nothing else.

pub mod ba_dinh;
pub mod bac_kan;
pub mod block;
pub mod cau_giay;
pub mod client;
pub mod country;
pub mod expected;
mod honours;
pub mod my_duc;
pub mod office;
pub mod people;
pub mod plan_of_2025;
pub mod print;
pub mod reorganisation;
pub mod thai_nguyen;
pub mod thanh_tri;
pub mod tree;
pub mod unions;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use proto::membership::v1::ListConsequencesRequest;
use proto::registry::v1::{BatchGetOrganisationsRequest, MakeGrantRequest};

use self::client::Client;
use self::country::{HA_NOI_EDUCATION, Reference, province_federation};
use self::office::Office;
use self::people::{Names, People};
use self::print::Lines;
use self::reorganisation::Reorganised;
use self::tree::Tree;
use self::unions::Union;
use system::System;

/// Subject of the administrator, whom the development issuer vouches for.
pub const ADMINISTRATOR: &str = "administrator";

/// The country with the five federations' years in its register.
pub struct Replayed {
    /// In the administrator's name; has seen everything that was replayed.
    pub confederation: Office,
    /// Ids by code, as of before the reorganisation.
    pub tree: Tree,
    /// The lists that the tree was made of.
    pub reference: Reference,
    /// Cầu Giấy's office.
    pub cau_giay: Office,
    /// The agency of Cầu Giấy that objects to its rating.
    pub objecting: Union,
}

/// Where the replay shows how far it is.
pub struct Progress(MultiProgress);

impl Progress {
    /// Bars on the terminal, if there is one.
    pub fn shown() -> Self {
        Self(MultiProgress::new())
    }

    /// Nowhere: for tests.
    pub fn hidden() -> Self {
        Self(MultiProgress::with_draw_target(ProgressDrawTarget::hidden()))
    }

    /// A bar that counts events.
    fn bar(&self, title: &str) -> anyhow::Result<ProgressBar> {
        let template = "{spinner} {prefix:<28} {human_pos:>8} sự kiện  {elapsed}";
        let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template(template)?);
        let bar = self.0.add(bar);
        bar.set_prefix(title.to_string());
        bar.enable_steady_tick(Duration::from_millis(120));
        Ok(bar)
    }
}

/// Replays everything, prints every report and says what else to try. What is refused is told
/// in this language, as `accept-language` names it.
pub async fn run(system: &System, language: &'static str) -> anyhow::Result<()> {
    let begun = Instant::now();
    let progress = Progress::shown();
    let replayed = replay(system, language, &progress).await?;
    let replay_took = begun.elapsed();
    let administrator = &replayed.confederation.client;

    println!("{}\n", print::heading("Năm bản báo cáo, tính từ sự kiện"));
    let mut wrong = 0;
    for report in &expected::REPORTS {
        wrong +=
            print::report(administrator, &replayed.tree, report, report.words, Lines::All).await?;
    }
    replayed.rate_again().await?;
    println!("Sau khi một CĐCS của Cầu Giấy được xếp loại lại:\n");
    let cau_giay = &expected::REPORTS[3];
    let again = expected::CAU_GIAY_AGAIN;
    wrong += print::report(administrator, &replayed.tree, cau_giay, again, Lines::Expected).await?;
    wrong += print::employers(administrator, &replayed.tree).await?;
    wrong += print::schools_handed_over(administrator, &replayed.tree).await?;
    wrong += print::steering(administrator, &replayed.tree).await?;

    println!("{}\n", print::heading("Sắp xếp ngày 01/7/2025"));
    let bar = progress.bar("sắp xếp")?;
    let reorganised = replayed.reorganise().await?;
    bar.finish_and_clear();
    println!(
        "{} tổ chức kết thúc hoạt động, {} đơn vị về trực thuộc LĐLĐ tỉnh, thành phố.\n",
        reorganised.ended, reorganised.handed_over
    );
    println!("Các báo cáo cũ, vẫn theo tổ chức và tên gọi khi đó:\n");
    for report in &expected::REPORTS {
        let words = report.words_after_objection();
        wrong +=
            print::report(administrator, &replayed.tree, report, &words, Lines::Expected).await?;
    }
    wrong += print::rolled_up(administrator, &replayed.tree).await?;

    println!(
        "{} sự kiện; nạp và phát lại trong {:.1} giây, tất cả trong {:.1} giây.\n",
        print::number(i64::try_from(administrator.events())?),
        replay_took.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    ensure!(administrator.events() >= 100_000, "the replay is smaller than it should be");
    ensure!(wrong == 0, "{wrong} of the reports' lines did not come out");
    print::commands(system, &replayed.tree, ADMINISTRATOR)?;
    Ok(())
}

/// Founds, grants, loads and replays: everything up to the reorganisation.
pub async fn replay(
    system: &System,
    language: &'static str,
    progress: &Progress,
) -> anyhow::Result<Replayed> {
    let issuer = system.issuer();
    let (confederation_id, line) = system.bootstrap(ADMINISTRATOR).await?;
    let (confederation_id, line) = (confederation_id.to_string(), line.speaking(language));
    let administrator = Client::over(line, "confederation");
    let confederation =
        Office { client: administrator.clone(), organisation_id: confederation_id.clone() };

    let reference = Reference::read()?;
    let loading = progress.bar("nạp cây tổ chức 2018-2021")?;
    let tree =
        load(&administrator.with_progress(loading.clone()), &reference, &confederation_id).await?;
    loading.finish();

    let names = Names::read()?;
    // An office of its own for each federation: its officer's token, rights on its own
    // subtree, and a bar that shows how far it is.
    let open = async |scope: &'static str, title: &str, code: &str| {
        let organisation_id = tree.id(code)?;
        for role in ["OFFICER", "PARTY_OFFICER", "WELFARE_OFFICER"] {
            let request = MakeGrantRequest {
                request_id: administrator.request_id(&format!("grant/{scope}/{role}")),
                issuer: issuer.issuer().into(),
                subject: scope.into(),
                role: role.into(),
                organisation_id: organisation_id.clone(),
                ..MakeGrantRequest::default()
            };
            administrator.make_grant(request).await?;
            administrator.happened(1);
        }
        let client = administrator.for_caller(&issuer.token(scope)?, scope)?;
        let client = client.with_progress(progress.bar(title)?);
        anyhow::Ok(Office { client, organisation_id })
    };
    let city = open("ha-noi", "LĐLĐ thành phố Hà Nội", &province_federation("01")).await?;
    let my_duc = open("my-duc", "000 Mỹ Đức", &reference.federation_of("01", "Mỹ Đức")?).await?;
    let thanh_tri =
        open("thanh-tri", "001 Thanh Trì", &reference.federation_of("01", "Thanh Trì")?).await?;
    let ba_dinh =
        open("ba-dinh", "002 Ba Đình", &reference.federation_of("01", "Ba Đình")?).await?;
    let cau_giay =
        open("cau-giay", "003 Cầu Giấy", &reference.federation_of("01", "Cầu Giấy")?).await?;
    let thai_nguyen = open("thai-nguyen", "004 Thái Nguyên", &province_federation("19")).await?;

    let people = |federation| People::of_federation(&names, federation);
    let (_, _, _, objecting, _) = tokio::try_join!(
        my_duc::replay(&my_duc, &tree, people(0)),
        thanh_tri::replay(&thanh_tri, &city, &tree, people(1)),
        ba_dinh::replay(&ba_dinh, &city, &tree, people(2)),
        cau_giay::replay(&cau_giay, &tree, people(3)),
        thai_nguyen::replay(
            &thai_nguyen,
            &confederation,
            &tree,
            |name| reference.federation_of("19", name),
            people(4),
        ),
    )?;

    let bac_kan = Office {
        client: administrator.with_progress(progress.bar("Bắc Kạn")?),
        organisation_id: tree.id(&reference.federation_of("06", "Bắc Kạn")?)?,
    };
    bac_kan::replay(&bac_kan, &tree, people(5)).await?;
    settle(&administrator).await?;
    progress.0.clear()?;
    Ok(Replayed { confederation, tree, reference, cau_giay, objecting })
}

impl Replayed {
    /// One agency of Cầu Giấy is rated again, after it objected.
    pub async fn rate_again(&self) -> anyhow::Result<()> {
        // In the administrator's name, who reads the figure next.
        let office = Office {
            client: self.confederation.client.clone(),
            organisation_id: self.cau_giay.organisation_id.clone(),
        };
        cau_giay::rate_again(&office, &self.objecting).await
    }

    /// The reorganisation of 2025, up to the last member's new place.
    pub async fn reorganise(&self) -> anyhow::Result<Reorganised> {
        let reorganised =
            reorganisation::replay(&self.confederation, &self.reference, &self.tree).await?;
        settle(&self.confederation.client).await?;
        Ok(reorganised)
    }
}

/// Loads the superiors and every union that was there before its scenario begins.
async fn load(
    administrator: &Client,
    reference: &Reference,
    confederation_id: &str,
) -> anyhow::Result<Tree> {
    let asked = BatchGetOrganisationsRequest {
        organisation_ids: vec![confederation_id.into()],
        ..BatchGetOrganisationsRequest::default()
    };
    let found = administrator.batch_get_organisations(asked).await?.organisations;
    let confederation = found.first().context("find the Confederation")?;

    let in_ha_noi = |name| reference.federation_of("01", name);
    let mut lines = reference.superiors(&confederation.code);
    lines.extend(my_duc::opening(&in_ha_noi("Mỹ Đức")?));
    lines.extend(thanh_tri::opening(&in_ha_noi("Thanh Trì")?, HA_NOI_EDUCATION));
    lines.extend(ba_dinh::opening(&in_ha_noi("Ba Đình")?));
    lines.extend(cau_giay::opening(&in_ha_noi("Cầu Giấy")?));
    lines.extend(thai_nguyen::opening(
        |name| reference.federation_of("19", name),
        &province_federation("27"),
    )?);
    lines.extend(bac_kan::opening(&reference.federation_of("06", "Bắc Kạn")?));
    Tree::load(administrator, lines).await
}

/// Waits until what registry's acts meant for members is done. The administrator's line has
/// seen the acts, so that membership answers from after them.
async fn settle(administrator: &Client) -> anyhow::Result<()> {
    for _ in 0..100 {
        let unfinished = ListConsequencesRequest::default();
        if administrator.list_consequences(unfinished).await?.consequences.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("membership has not finished what the acts of registry mean for members")
}
