//! The five founding documents: the replay of the demo, its reports to the digit, each figure
//! explained down to its changes, recounted from the raw rows by other code, and rolled up on
//! the tree of after the reorganisation.
//!
//! The replay takes most of the time, so there is one, and the claims about it are made one
//! after the other; every one that does not hold is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, ensure};
use proto::reporting::v1::{
    Breakdown, ExplainFigureRequest, Figure, GetBookRequest, IndicatorKind, LineKind,
    ListIndicatorsRequest, PrintReportResponse, QueryFiguresRequest,
};
use scenarios::expected::{AFTERWARDS, NEW_THAI_NGUYEN, REPORTS, ROLLED_UP};
use scenarios::print::{asked, asked_of, missing, on_tree_of};
use scenarios::{Progress, Replayed, replay, thai_nguyen};
use sqlx::PgPool;
use system::{Options, System};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

/// Claims that did not hold.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn claim(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_federations_come_out_to_the_digit_and_their_figures_explain_themselves()
-> anyhow::Result<()> {
    let system = System::start(Options::test()).await?;
    let replayed = replay(&system, "en", &Progress::hidden()).await?;
    let mut findings = Findings::default();

    let events = replayed.confederation.client.events();
    findings.claim(events >= 100_000, || format!("only {events} events"));

    let words = |report: &scenarios::expected::Report| report.words.to_vec();
    let printed = reports_hold_their_words(&replayed, words, &mut findings).await?;
    let figures: Vec<Figure> = printed
        .iter()
        .flat_map(|printed| printed.lines.iter().flat_map(|line| line.figures.clone()))
        .collect();
    figures_are_the_same_when_asked_and_explain_themselves(&replayed, &figures, &mut findings)
        .await?;
    books_balance(&replayed, &mut findings).await?;
    let rows = Rows::read(&system).await?;
    a_recount_from_the_raw_rows_agrees(&replayed, &rows, None, &mut findings).await?;

    replayed.rate_again().await?;
    replayed.reorganise().await?;
    let words = |report: &scenarios::expected::Report| report.words_after_objection();
    let afterwards = reports_hold_their_words(&replayed, words, &mut findings).await?;
    parts_sum_to_the_whole(&replayed, &mut findings).await?;
    nothing_is_lost_between_the_trees(&replayed, &mut findings).await?;
    let rows = Rows::read(&system).await?;
    a_recount_from_the_raw_rows_agrees(&replayed, &rows, Some(AFTERWARDS), &mut findings).await?;

    system.stop().await?;
    assert!(
        findings.0.is_empty(),
        "{} claims do not hold:\n{}",
        findings.0.len(),
        findings.0.join("\n")
    );
    for (report, printed) in REPORTS.iter().zip(&printed) {
        insta::assert_snapshot!(report.template.to_lowercase(), text(printed));
    }
    // After the reorganisation they say what they said, but for who was rated again.
    insta::assert_snapshot!("said_otherwise_afterwards", otherwise(&printed, &afterwards));
    Ok(())
}

/// As it is read: a heading, and a sentence a line.
fn text(printed: &PrintReportResponse) -> String {
    let lines = printed.lines.iter().map(|line| line.text.as_str());
    std::iter::once(printed.title.as_str()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// The lines of some reports that are not in them afterwards, and those that are new.
fn otherwise(before: &[PrintReportResponse], afterwards: &[PrintReportResponse]) -> String {
    let mut said = String::new();
    for (report, (before, now)) in REPORTS.iter().zip(before.iter().zip(afterwards)) {
        let (before, now) = (text(before), text(now));
        let gone = before.lines().filter(|line| !now.lines().any(|other| other == *line));
        let new = now.lines().filter(|line| !before.lines().any(|other| other == *line));
        for line in gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}")))
        {
            said.push_str(&format!("{}: {line}\n", report.federation));
        }
    }
    said
}

/// Each report prints its sentences; answers with what was printed.
async fn reports_hold_their_words(
    replayed: &Replayed,
    words: impl Fn(&scenarios::expected::Report) -> Vec<&'static str>,
    findings: &mut Findings,
) -> anyhow::Result<Vec<PrintReportResponse>> {
    let mut reports = Vec::new();
    for report in &REPORTS {
        let request = asked_of(report, &replayed.tree)?;
        let printed = replayed.confederation.client.print_report(request).await?;
        for words in missing(&printed, &words(report)) {
            findings.0.push(format!("{} does not say: {words}", report.federation));
        }
        reports.push(printed);
    }
    Ok(reports)
}

/// A figure that a report printed is what QueryFigures answers, and ExplainFigure's units and
/// changes sum to it.
async fn figures_are_the_same_when_asked_and_explain_themselves(
    replayed: &Replayed,
    figures: &[Figure],
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let client = &replayed.confederation.client;
    let listed = client.line().figures().list_indicators(ListIndicatorsRequest {}).await?;
    let kinds: HashMap<_, _> = listed
        .into_inner()
        .indicators
        .into_iter()
        .map(|indicator| (indicator.code.clone(), indicator.kind()))
        .collect();
    ensure!(figures.len() >= 40, "the reports hold only {} figures", figures.len());

    for figure in figures {
        let name = format!(
            "{} of {} ({} {})",
            figure.indicator, figure.organisation_id, figure.sector_grouping, figure.sector_group
        );
        let query = QueryFiguresRequest {
            indicators: vec![figure.indicator.clone()],
            organisation_id: figure.organisation_id.clone(),
            period: figure.period,
            tree: figure.tree,
            sector_grouping: figure.sector_grouping.clone(),
            sector_group: figure.sector_group.clone(),
            without_suspended: figure.without_suspended,
            direct_only: figure.direct_only,
            ..QueryFiguresRequest::default()
        };
        let again = client.query_figures(query).await?.figures;
        findings.claim(
            again.len() == 1
                && again[0].value == figure.value
                && again[0].denominator == figure.denominator,
            || {
                format!(
                    "{name}: printed {}, asked again {:?}",
                    figure.value,
                    again.first().map(|f| f.value)
                )
            },
        );

        let kind = kinds.get(&figure.indicator).copied().context("a known indicator")?;
        let (mut amount, mut denominator) = (0, 0);
        let mut request = ExplainFigureRequest {
            indicator: figure.indicator.clone(),
            organisation_id: figure.organisation_id.clone(),
            period: figure.period,
            tree: figure.tree,
            sector_grouping: figure.sector_grouping.clone(),
            sector_group: figure.sector_group.clone(),
            without_suspended: figure.without_suspended,
            direct_only: figure.direct_only,
            page_size: 500,
            page_token: String::new(),
            known_at: None,
        };
        loop {
            let page = client.explain_figure(request.clone()).await?;
            for unit in &page.units {
                amount += unit.amount;
                denominator += unit.denominator;
                let changes: i64 = unit.changes.iter().map(|change| change.amount).sum();
                findings.claim(
                    kind != IndicatorKind::Additive
                        || unit.changes_left_off > 0
                        || changes == unit.amount,
                    || format!("{name}: {} has {}, its changes {changes}", unit.name, unit.amount),
                );
                findings.claim(
                    unit.changes
                        .iter()
                        .all(|change| !change.change_id.is_empty() && change.position > 0),
                    || format!("{name}: {} names a change that is in no feed", unit.name),
                );
            }
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        match kind {
            IndicatorKind::Additive => findings.claim(amount == figure.value, || {
                format!("{name}: {} explained as {amount}", figure.value)
            }),
            // Officers are distinct people: one may sit in two unions.
            IndicatorKind::Share if figure.indicator != "OFFICER_TRAINED" => findings.claim(
                amount == figure.numerator && denominator == figure.denominator,
                || {
                    let (of, whole) = (figure.numerator, figure.denominator);
                    format!("{name}: {of}/{whole} explained as {amount}/{denominator}")
                },
            ),
            _ => findings.claim(amount >= figure.value, || {
                format!("{name}: {} explained as only {amount}", figure.value)
            }),
        }
    }
    Ok(())
}

/// opening + in - out = closing, for every federation and its period.
async fn books_balance(replayed: &Replayed, findings: &mut Findings) -> anyhow::Result<()> {
    for report in &REPORTS {
        let request = GetBookRequest {
            organisation_id: replayed.tree.id(report.code)?,
            period: Some(scenarios::office::period(report.period)),
            tree: None,
            known_at: None,
        };
        let book = replayed.confederation.client.get_book(request).await?;
        for (name, book) in [("members", book.members), ("unions", book.unions)] {
            let book = book.context("a book")?;
            findings.claim(
                book.balanced && book.opening + book.total_in - book.total_out == book.closing,
                || format!("{}: the book of {name} does not balance: {book:?}", report.federation),
            );
        }
    }
    Ok(())
}

/// As of after the reorganisation the lines of every additive figure sum to it.
async fn parts_sum_to_the_whole(
    replayed: &Replayed,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let client = &replayed.confederation.client;
    let confederation = replayed.confederation.organisation_id.clone();
    for report in &REPORTS {
        for root in [&confederation, &replayed.tree.id("LDLD-01")?, &replayed.tree.id("LDLD-19")?] {
            for as_of in
                [None, Some(AFTERWARDS), Some(date!(2020 - 06 - 30)), Some(date!(2018 - 03 - 01))]
            {
                let query = QueryFiguresRequest {
                    tree: as_of.map(on_tree_of),
                    breakdown: Breakdown::Child.into(),
                    ..asked(&ROLLED_UP, root.clone(), report.period)
                };
                for figure in client.query_figures(query).await?.figures {
                    let sum: i64 = figure.lines.iter().map(|line| line.value).sum();
                    findings.claim(sum == figure.value, || {
                        format!(
                            "{} {}: {} as of {as_of:?}, its lines {sum}",
                            report.federation, figure.indicator, figure.value
                        )
                    });
                }
            }
        }
    }

    // What ended without an heir, and what was founded later, has lines of its own.
    let lines = async |code: &str, indicator: &str, as_of: Date, kind: LineKind, period| {
        let query = QueryFiguresRequest {
            tree: Some(on_tree_of(as_of)),
            breakdown: Breakdown::Child.into(),
            ..asked(&[indicator], replayed.tree.id(code)?, period)
        };
        let figures = client.query_figures(query).await?.figures;
        let lines = figures.into_iter().flat_map(|figure| figure.lines);
        anyhow::Ok(lines.filter(|line| line.kind() == kind).map(|line| line.value).sum::<i64>())
    };
    let year = (date!(2020 - 01 - 01), date!(2020 - 12 - 31));
    let dissolved = lines("LDLD-01", "ORG_DISSOLVED", AFTERWARDS, LineKind::Ended, year).await?;
    findings.claim(dissolved == 14, || format!("{dissolved} dissolved unions in \"đã kết thúc\""));
    let later =
        lines("LDLD-01-001", "ORG_FOUNDED", date!(2020 - 06 - 30), LineKind::NotYetFounded, year)
            .await?;
    findings.claim(later > 0 && later < 25, || format!("{later} unions in \"chưa thành lập\""));
    Ok(())
}

/// The new Thái Nguyên is the old one and Bắc Kạn; Hà Nội is what it was; the country is the
/// same on every tree.
async fn nothing_is_lost_between_the_trees(
    replayed: &Replayed,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    const FLOWS: [&str; 4] = ["MBR_ADMITTED", "MBR_EXITED", "ORG_FOUNDED", "ORG_DISSOLVED"];
    let client = &replayed.confederation.client;
    let values = async |organisation_id: String, as_of: Option<Date>, period| {
        let query = QueryFiguresRequest {
            tree: as_of.map(on_tree_of),
            ..asked(&FLOWS, organisation_id, period)
        };
        let figures = client.query_figures(query).await?.figures;
        anyhow::Ok(figures.into_iter().map(|figure| figure.value).collect::<Vec<_>>())
    };
    let period = thai_nguyen::PERIOD;
    let id = |code: &str| replayed.tree.id(code);

    let old = values(id("LDLD-19")?, None, period).await?;
    let bac_kan = values(id("LDLD-06")?, None, period).await?;
    let new = values(id("LDLD-19")?, Some(AFTERWARDS), period).await?;
    let together: Vec<_> = old.iter().zip(&bac_kan).map(|(a, b)| a + b).collect();
    findings.claim(new == together, || {
        format!("the new Thái Nguyên has {new:?} of {FLOWS:?}, its parts {together:?}")
    });
    for (indicator, value) in NEW_THAI_NGUYEN {
        let place = FLOWS.iter().position(|flow| *flow == indicator).context("a flow")?;
        findings
            .claim(new[place] == value, || format!("{indicator} of Thái Nguyên: {}", new[place]));
    }

    let ha_noi = id("LDLD-01")?;
    let (then, now) = (
        values(ha_noi.clone(), None, period).await?,
        values(ha_noi, Some(AFTERWARDS), period).await?,
    );
    findings.claim(then == now, || format!("Hà Nội had {then:?} and has {now:?}"));
    let country = replayed.confederation.organisation_id.clone();
    let (then, now) = (
        values(country.clone(), None, period).await?,
        values(country, Some(AFTERWARDS), period).await?,
    );
    findings.claim(then == now, || format!("the country had {then:?} and has {now:?}"));
    Ok(())
}

/// What the databases hold, read by nothing that counts figures.
struct Rows {
    /// Grassroots unions: first day, and whether that was a founding.
    unions: HashMap<Uuid, (Date, bool)>,
    /// Superiors by unit, with the days on which they hold.
    superiors: HashMap<Uuid, Vec<(Date, Date, Uuid)>>,
    /// First day without the unit, its heir, its last superior.
    endings: HashMap<Uuid, (Date, Option<Uuid>, Uuid)>,
    /// First day of every organisation.
    first_days: HashMap<Uuid, Date>,
    /// Union, first day, first day without; whether it began by an admission, ended by an exit.
    memberships: Vec<(Uuid, Date, Option<Date>, bool, bool)>,
}

const FOREVER: Date = date!(9999 - 12 - 31);

impl Rows {
    async fn read(system: &System) -> anyhow::Result<Self> {
        let pool = async |service| {
            let url = &system.database(service).context("a database")?.owner_url;
            anyhow::Ok(PgPool::connect(url).await?)
        };
        let registry = pool("registry").await?;
        let organisations: Vec<(Uuid, Date, bool, bool)> = sqlx::query_as(
            "select o.organisation_id, o.founded_on, o.origin = 'FOUNDED', t.type in ('CDCS', 'ND_CS')
             from organisation_founding o join organisation_type t using (organisation_id)
             where upper_inf(o.recorded) and upper_inf(t.recorded)",
        )
        .fetch_all(&registry)
        .await?;
        let edges: Vec<(Uuid, Uuid, Date, Option<Date>)> = sqlx::query_as(
            "select organisation_id, superior_id, lower(valid), upper(valid)
             from organisation_parent where upper_inf(recorded)",
        )
        .fetch_all(&registry)
        .await?;
        let endings: Vec<(Uuid, Date, Option<Uuid>, Uuid)> = sqlx::query_as(
            "select organisation_id, ended_on, principal_successor_id, last_superior_id
             from organisation_ending where upper_inf(recorded)",
        )
        .fetch_all(&registry)
        .await?;
        let membership = pool("membership").await?;
        let memberships = sqlx::query_as(
            "select m.organisation_id, m.from_on, m.until_on,
                    begun.kind = 'admission' and begun.admission_kind = 1,
                    coalesce(ended.kind = 'exit', false)
             from membership m
             join movement begun on begun.movement_id = m.begun_by
             left join movement ended on ended.movement_id = m.ended_by",
        )
        .fetch_all(&membership)
        .await?;

        let mut superiors: HashMap<Uuid, Vec<_>> = HashMap::new();
        for (unit, superior, from, until) in edges {
            superiors.entry(unit).or_default().push((from, until.unwrap_or(FOREVER), superior));
        }
        Ok(Self {
            unions: organisations
                .iter()
                .filter(|(.., grassroots)| *grassroots)
                .map(|(id, founded_on, founded, _)| (*id, (*founded_on, *founded)))
                .collect(),
            first_days: organisations
                .iter()
                .map(|(id, founded_on, ..)| (*id, *founded_on))
                .collect(),
            superiors,
            endings: endings
                .into_iter()
                .map(|(id, on, heir, last)| (id, (on, heir, last)))
                .collect(),
            memberships,
        })
    }

    /// The unit itself and its superiors on a day on which it exists.
    fn line_on(&self, unit: Uuid, day: Date) -> Vec<Uuid> {
        let mut line = vec![unit];
        let mut at = unit;
        while let Some((.., superior)) = self
            .superiors
            .get(&at)
            .and_then(|edges| edges.iter().find(|(from, until, _)| *from <= day && day < *until))
        {
            line.push(*superior);
            at = *superior;
        }
        line
    }

    /// Where a unit's facts count on the tree of a day: with its heir, or with those who were
    /// above it.
    fn heir_on(&self, unit: Uuid, day: Date) -> Uuid {
        let mut at = unit;
        loop {
            match self.endings.get(&at) {
                Some((ended_on, heir, last_superior)) if *ended_on <= day => {
                    at = heir.unwrap_or(*last_superior);
                }
                _ if self.first_days.get(&at).is_some_and(|first| *first > day) => {
                    let first = self.superiors.get(&at).and_then(|edges| edges.iter().min());
                    match first {
                        Some((.., superior)) => at = *superior,
                        None => return at,
                    }
                }
                _ => return at,
            }
        }
    }

    /// Under whom a fact of a unit counts: on the tree of its own day, or of another.
    fn counted_under(&self, unit: Uuid, day: Date, as_of: Option<Date>) -> Vec<Uuid> {
        match as_of {
            None => self.line_on(unit, day),
            Some(as_of) => self.line_on(self.heir_on(unit, as_of), as_of),
        }
    }

    /// Admissions, exits and foundings of a period and stocks at its end, by indicator and
    /// organisation.
    fn recount(
        &self,
        (from, through): (Date, Date),
        as_of: Option<Date>,
    ) -> BTreeMap<(&'static str, Uuid), i64> {
        let mut counts = BTreeMap::new();
        let mut count = |indicator: &'static str, line: Vec<Uuid>| {
            for organisation in line.into_iter().collect::<BTreeSet<_>>() {
                *counts.entry((indicator, organisation)).or_insert(0) += 1;
            }
        };
        let within = |day: Date| from <= day && day <= through;
        for (union, from_on, until_on, admitted, exited) in &self.memberships {
            if *admitted && within(*from_on) {
                count("MBR_ADMITTED", self.counted_under(*union, *from_on, as_of));
            }
            if let (true, Some(until_on)) = (*exited, until_on)
                && within(*until_on)
            {
                // The last day as a member: the union may have ended with it.
                let last = *until_on - Duration::DAY;
                count("MBR_EXITED", self.counted_under(*union, last, as_of));
            }
            if *from_on <= through && until_on.is_none_or(|until_on| until_on > through) {
                count("MBR_STOCK", self.counted_under(*union, through, as_of));
            }
        }
        for (union, (first_day, founded)) in &self.unions {
            if *founded && within(*first_day) {
                count("ORG_FOUNDED", self.counted_under(*union, *first_day, as_of));
            }
            let ended = self.endings.get(union).is_some_and(|(on, ..)| *on <= through);
            if *first_day <= through && !ended {
                count("ORG_STOCK", self.counted_under(*union, through, as_of));
            }
        }
        counts
    }
}

/// Every organisation that has anything to count has the figure that a count by hand gives.
async fn a_recount_from_the_raw_rows_agrees(
    replayed: &Replayed,
    rows: &Rows,
    as_of: Option<Date>,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    const COUNTED: [&str; 5] =
        ["MBR_ADMITTED", "MBR_EXITED", "MBR_STOCK", "ORG_FOUNDED", "ORG_STOCK"];
    let mut compared = 0;
    for report in &REPORTS {
        let counts = rows.recount(report.period, as_of);
        let organisations: BTreeSet<Uuid> = counts
            .keys()
            .map(|(_, organisation)| *organisation)
            .filter(|organisation| !rows.unions.contains_key(organisation))
            .collect();
        for organisation in organisations {
            let query = QueryFiguresRequest {
                tree: as_of.map(on_tree_of),
                ..asked(&COUNTED, organisation.to_string(), report.period)
            };
            for figure in replayed.confederation.client.query_figures(query).await?.figures {
                let indicator = COUNTED.iter().find(|code| **code == figure.indicator);
                let key = (*indicator.context("an indicator asked for")?, organisation);
                let recounted = counts.get(&key).copied().unwrap_or(0);
                compared += 1;
                findings.claim(figure.value == recounted, || {
                    format!(
                        "{} of {organisation} in {}, as of {as_of:?}: figure {}, recount {recounted}",
                        figure.indicator, report.federation, figure.value
                    )
                });
            }
        }
    }
    findings.claim(compared >= 100, || format!("only {compared} figures were recounted"));
    Ok(())
}
