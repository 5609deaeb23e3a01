//! A large load into a register that has been used for little: after a small load, statistics
//! of it, and forty loads of one line. Plans that are kept from then must not be what a large
//! load goes by. Its reference is the same load into a fresh register.

use anyhow::Context;
use national::{CONFEDERATION, National, Size, Unit};
use proto::google::r#type::Date;
use proto::registry::v1::load_organisations_request::Line;

use crate::country::Country;
use crate::lines::{Bar, Lines};
use crate::load;

/// Lines of the large load, at most.
const LARGE: usize = 20_001;
/// How many are loaded first, and how many times one more.
const SMALL: usize = 20;
const ONE_BY_ONE: usize = 40;
/// How much longer it may take.
const TIMES: f64 = 1.5;

pub async fn measure(size: Size, seed: u64, lines: &mut Lines) -> anyhow::Result<()> {
    let units: Vec<Unit> = National::new(size, seed)?.units().take(LARGE).collect();
    let loaded: Vec<Line> = units.into_iter().map(|unit| unit.line).collect();

    let country = Country::start(National::new(size, seed)?).await?;
    let fresh = load::send(&country, loaded.clone()).await?;
    country.stop().await?;

    let country = Country::start(National::new(size, seed)?).await?;
    load::send(&country, (0..SMALL).map(line).collect()).await?;
    // As autovacuum would, a minute after.
    country.analyze().await?;
    for n in 0..ONE_BY_ONE {
        load::send(&country, vec![line(SMALL + n)]).await?;
    }
    let count = loaded.len();
    let aged = load::send(&country, loaded).await.context("load into an aged register")?;
    country.stop().await?;

    lines.add(
        "load",
        format!("{count} organisations after {ONE_BY_ONE} loads of one line"),
        (aged, "s"),
        Some((fresh, "into a fresh register")),
        Bar::AtMostTimes(TIMES),
    );
    Ok(())
}

/// A federation that is in no tree.
fn line(n: usize) -> Line {
    Line {
        code: format!("THU-{n:03}"),
        name: format!("Liên đoàn Lao động Thử {n:03}"),
        r#type: "LDLD_TINH".to_string(),
        superior_code: CONFEDERATION.to_string(),
        founded_on: Some(Date { year: 2001, month: 1, day: 1 }),
        ..Line::default()
    }
}
