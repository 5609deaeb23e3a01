//! A draft becomes a template, when whatever it names is there; every fault is told with its line.

use crate::ground::indicators::Indicators;
use crate::ground::refused::Refused;
use crate::report::template::chosen::{Chosen, DECIMALS_MAX, Parameter};
use crate::report::template::draft::{self, Draft};
use crate::report::template::each::Each;
use crate::report::template::places::{Fault, Format, Part, parts};
use crate::report::template::{Content, Drawn, Line, Template};

const PARAMETERS_MAX: usize = 20;
const LINES_MAX: usize = 300;
const COLUMNS_MAX: usize = 12;
const ROWS_MAX: usize = 100;
const FIELDS_MAX: usize = 100;
const RECIPIENTS_MAX: usize = 20;
/// Places for figures in all: what one print counts is bounded.
const PLACES_MAX: usize = 2_000;
/// Faults that are told of one draft.
const FAULTS_MAX: usize = 50;

/// The template that a draft says, or every fault of it.
pub fn checked(draft: &Draft, indicators: &Indicators) -> Result<Template, Vec<Refused>> {
    let mut checking = Checking { indicators, faults: Vec::new(), parameters: Vec::new() };
    checking.parameters(&draft.parameters);
    let recipients = draft.heading.as_ref().map_or(0, |heading| heading.recipients.len());
    checking.at_most("heading.recipients", recipients, RECIPIENTS_MAX);
    if draft.lines.is_empty() {
        checking.faults.push(Refused::ListEmpty { field: "lines" });
    }
    checking.at_most("lines", draft.lines.len(), LINES_MAX);
    let lines: Vec<Line> = draft
        .lines
        .iter()
        .take(LINES_MAX)
        .enumerate()
        .filter_map(|(n, line)| checking.line(n, line))
        .collect();
    let places = lines.iter().flat_map(Line::numbers).count();
    checking.at_most("lines", places, PLACES_MAX);
    if !checking.faults.is_empty() {
        checking.faults.truncate(FAULTS_MAX);
        return Err(checking.faults);
    }
    Ok(Template {
        title: draft.title.clone(),
        parameters: checking.parameters,
        heading: draft.heading.clone(),
        lines,
    })
}

struct Checking<'a> {
    indicators: &'a Indicators,
    faults: Vec<Refused>,
    parameters: Vec<Parameter>,
}

/// Where a text stands, and what it may name.
struct Place<'a> {
    /// The how-manieth line, from 0 on.
    line: usize,
    /// Within the line, as the contract calls it.
    field: String,
    words: &'a [&'a str],
}

impl Place<'_> {
    fn field(&self) -> String {
        format!("lines[{}].{}", self.line, self.field)
    }
}

impl Checking<'_> {
    fn at_most(&mut self, field: &str, entries: usize, limit: usize) {
        if entries > limit {
            self.faults.push(Refused::FieldTooLong { field: field.to_string(), entries, limit });
        }
    }

    fn parameters(&mut self, rows: &[draft::Parameter]) {
        self.at_most("parameters", rows.len(), PARAMETERS_MAX);
        for (n, row) in rows.iter().take(PARAMETERS_MAX).enumerate() {
            let named = !row.name.is_empty()
                && row.name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let again = self.parameters.iter().any(|known| known.name == row.name);
            let parameter = Parameter {
                name: row.name.clone(),
                default: row.default.clone(),
                meaning: row.meaning.clone(),
            };
            let read = Chosen::of(std::slice::from_ref(&parameter), []);
            if !named || again || read.is_err() {
                let field = format!("parameters[{n}].name");
                let parameter = row.name.clone();
                self.faults.push(Refused::TemplateParameterUnfit { field, parameter });
                continue;
            }
            self.parameters.push(parameter);
        }
    }

    fn unfit(&mut self, line: usize, item: &'static str) {
        let field = format!("lines[{line}].{item}");
        self.faults.push(Refused::TemplateLineUnfit { field, line: line + 1, item });
    }

    /// A line of which whatever it names is there; none where it has faults.
    fn line(&mut self, n: usize, row: &draft::Line) -> Option<Line> {
        let before = self.faults.len();
        let each = self.each(n, row);
        let words = each.map_or(&[][..], Each::words);
        let content = self.content(n, row, each, words);
        let unassigned = self.unassigned(n, row, each);
        if let Some(parameter) = &row.year_of
            && !self.parameters.iter().any(|known| known.name == *parameter)
        {
            let (field, word) = (format!("lines[{n}].year_of"), parameter.clone());
            self.faults.push(Refused::TemplateWordUnknown { field, line: n + 1, word });
        }
        let decimals = match row.decimals {
            None => None,
            Some(decimals) => {
                let decimals = u32::try_from(decimals).ok().filter(|few| *few <= DECIMALS_MAX);
                if decimals.is_none() {
                    let field = format!("lines[{n}].decimals");
                    self.faults.push(Refused::TemplateDecimalsOutOfRange {
                        field,
                        line: n + 1,
                        limit: DECIMALS_MAX,
                    });
                }
                decimals
            }
        };
        let year_of = row.year_of.clone();
        let line = Line {
            content: content?,
            each,
            unassigned,
            year_of,
            unless_zero: row.unless_zero,
            decimals,
        };
        (self.faults.len() == before).then_some(line)
    }

    fn each(&mut self, n: usize, row: &draft::Line) -> Option<Each> {
        let name = row.each.as_ref()?;
        let Some(each) = Each::read(name) else {
            let (field, each) = (format!("lines[{n}].each"), name.clone());
            self.faults.push(Refused::TemplateEachUnknown { field, line: n + 1, each });
            return None;
        };
        let lists = row.table.as_ref().is_some_and(|table| table.rows.is_empty());
        let fits = match each {
            Each::Child => lists,
            // Which figures are held against targets is known of sentences.
            Each::Issuer => row.text.is_some(),
            _ => row.text.is_some() || lists,
        };
        if !fits {
            self.unfit(n, "each");
        }
        Some(each)
    }

    fn content(
        &mut self,
        n: usize,
        row: &draft::Line,
        each: Option<Each>,
        words: &[&str],
    ) -> Option<Content> {
        let place = |field: String| Place { line: n, field, words };
        let plain = each.is_none() && row.year_of.is_none() && !row.unless_zero;
        match (&row.text, &row.section, &row.table, &row.form, &row.chart) {
            (Some(text), None, None, None, None) => {
                Some(Content::Sentence(self.text(&place("text".to_string()), text)?))
            }
            (None, Some(section), None, None, None) => {
                if !plain || row.decimals.is_some() || section.is_empty() {
                    self.unfit(n, "section");
                }
                Some(Content::Section(section.clone()))
            }
            (None, None, Some(table), None, None) => self.table(n, table, each, words),
            (None, None, None, Some(form), None) => {
                if form.fields.is_empty() {
                    self.unfit(n, "form");
                }
                self.at_most(&format!("lines[{n}].form.fields"), form.fields.len(), FIELDS_MAX);
                let mut fields = Vec::new();
                for (place_in, field) in form.fields.iter().take(FIELDS_MAX).enumerate() {
                    let at = place(format!("form.fields[{place_in}].text"));
                    fields.push((field.label.clone(), self.text(&at, &field.text)?));
                }
                Some(Content::Form { caption: form.caption.clone(), fields })
            }
            (None, None, None, None, Some(chart)) => {
                if !plain {
                    self.unfit(n, "chart");
                }
                let drawn = self.drawn(n, chart)?;
                Some(Content::Chart { title: chart.title.clone(), drawn })
            }
            _ => {
                self.unfit(n, "text");
                None
            }
        }
    }

    fn table(
        &mut self,
        n: usize,
        table: &draft::Table,
        each: Option<Each>,
        words: &[&str],
    ) -> Option<Content> {
        let caption = table.caption.clone();
        if table.columns.is_empty() {
            self.unfit(n, "table.columns");
        }
        self.at_most(&format!("lines[{n}].table.columns"), table.columns.len(), COLUMNS_MAX);
        self.at_most(&format!("lines[{n}].table.rows"), table.rows.len(), ROWS_MAX);
        if table.total && each != Some(Each::Child) {
            self.unfit(n, "table.total");
        }
        if each.is_some() {
            let mut columns = Vec::new();
            for (place, column) in table.columns.iter().take(COLUMNS_MAX).enumerate() {
                let field = format!("table.columns[{place}].text");
                let parts = self.text(&Place { line: n, field, words }, &column.text)?;
                // What a child was asked for is asked of it: print its own report.
                let against = parts.iter().any(|part| {
                    matches!(part, Part::Number(number) if matches!(number.format, Format::Against(_)))
                });
                if against && each == Some(Each::Child) {
                    self.unfit(n, "table.columns");
                }
                columns.push((column.title.clone(), parts));
            }
            return Some(Content::List { caption, columns, total: table.total });
        }
        if table.rows.is_empty() {
            self.unfit(n, "table.rows");
        }
        let mut rows = Vec::new();
        for (at, row) in table.rows.iter().take(ROWS_MAX).enumerate() {
            if row.len() != table.columns.len() {
                self.unfit(n, "table.rows");
                return None;
            }
            let mut cells = Vec::new();
            for (cell, text) in row.iter().enumerate() {
                let field = format!("table.rows[{at}].cells[{cell}]");
                cells.push(self.text(&Place { line: n, field, words }, text)?);
            }
            rows.push(cells);
        }
        let heads = table.columns.iter().map(|column| column.title.clone()).collect();
        Some(Content::Table { caption, heads, rows })
    }

    fn drawn(&mut self, n: usize, chart: &draft::Chart) -> Option<Drawn> {
        let (indicator, grouping) = (chart.indicator.clone(), chart.grouping.clone());
        if chart.kind != "targets" && self.indicators.versions(&indicator).is_empty() {
            let field = format!("lines[{n}].chart.indicator");
            self.faults.push(Refused::TemplateIndicatorUnknown { field, line: n + 1, indicator });
            return None;
        }
        let shares = chart.kind == "shares";
        if shares && !self.indicators.reference().groupings().contains_key(&grouping) {
            let field = format!("lines[{n}].chart.sector_grouping");
            self.faults.push(Refused::TemplateGroupUnknown { field, line: n + 1, group: grouping });
            return None;
        }
        if !shares && !grouping.is_empty() {
            self.unfit(n, "chart.sector_grouping");
        }
        let drawn = match chart.kind.as_str() {
            "targets" if indicator.is_empty() => Drawn::Targets,
            "trend" => Drawn::Trend(indicator),
            "shares" => Drawn::Shares(indicator, grouping),
            "tree_map" => Drawn::TreeMap(indicator),
            _ => {
                self.unfit(n, "chart.kind");
                return None;
            }
        };
        Some(drawn)
    }

    fn unassigned(&mut self, n: usize, row: &draft::Line, each: Option<Each>) -> Option<Vec<Part>> {
        // Lines for each issuer, and only they, say what is printed where there is none.
        if (each == Some(Each::Issuer)) != row.unassigned.is_some() {
            self.unfit(n, "unassigned");
        }
        let text = row.unassigned.as_ref()?;
        let place = Place { line: n, field: "unassigned".to_string(), words: &[] };
        let parts = self.text(&place, text)?;
        // There is no issuer to name, also where a parameter is called so.
        if parts.contains(&Part::Word("issuer".to_string())) {
            self.unfit(n, "unassigned");
        }
        Some(parts)
    }

    /// The parts of a text; none where it has a fault.
    fn text(&mut self, place: &Place<'_>, text: &str) -> Option<Vec<Part>> {
        let line = place.line + 1;
        let field = place.field();
        let parts = match parts(text, self.indicators) {
            Ok(parts) => parts,
            Err(fault) => {
                self.faults.push(match fault {
                    Fault::Malformed(place) => {
                        Refused::TemplatePlaceMalformed { field, line, place }
                    }
                    Fault::Indicator(indicator) => {
                        Refused::TemplateIndicatorUnknown { field, line, indicator }
                    }
                    Fault::Group(group) => Refused::TemplateGroupUnknown { field, line, group },
                });
                return None;
            }
        };
        for part in &parts {
            if let Part::Word(word) = part
                && !place.words.contains(&word.as_str())
                && !self.parameters.iter().any(|known| known.name == *word)
            {
                let word = word.clone();
                self.faults.push(Refused::TemplateWordUnknown { field, line, word });
                return None;
            }
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::reference;

    fn faults(text: &str) -> Vec<Refused> {
        let draft: Draft = toml::from_str(text).expect("a draft");
        let indicators = Indicators::built_in(reference::load().expect("the reference data"));
        checked(&draft, &indicators).err().unwrap_or_default()
    }

    /// A draft with a parameter and this line.
    fn line(rest: &str) -> Vec<Refused> {
        faults(&format!(
            "title = \"Thử\"\n[[parameters]]\nname = \"decimals\"\ndefault = \"1\"\n[[lines]]\n\
             text = \"trước\"\n[[lines]]\n{rest}\n"
        ))
    }

    #[test]
    fn what_a_line_names_wrongly_is_told_with_its_line() {
        let at = |field: &str| format!("lines[1].{field}");
        assert_eq!(
            line("text = \"kết nạp {MBR_HAPPY} người\""),
            [Refused::TemplateIndicatorUnknown {
                field: at("text"),
                line: 2,
                indicator: "MBR_HAPPY".to_string()
            }]
        );
        assert_eq!(
            line("text = \"kết nạp {isuer}\""),
            [Refused::TemplateWordUnknown {
                field: at("text"),
                line: 2,
                word: "isuer".to_string()
            }]
        );
        assert_eq!(
            line("text = \"{ORG_STOCK@BA_KHOI.X}\""),
            [Refused::TemplateGroupUnknown {
                field: at("text"),
                line: 2,
                group: "BA_KHOI.X".to_string()
            }]
        );
        assert_eq!(
            line("text = \"x\"\neach = \"person\""),
            [Refused::TemplateEachUnknown {
                field: at("each"),
                line: 2,
                each: "person".to_string()
            }]
        );
        assert_eq!(
            line("text = \"x\"\ndecimals = 9"),
            [Refused::TemplateDecimalsOutOfRange { field: at("decimals"), line: 2, limit: 4 }]
        );
        assert_eq!(
            line("text = \"x\"\nunassigned = \"y\""),
            [Refused::TemplateLineUnfit { field: at("unassigned"), line: 2, item: "unassigned" }]
        );
    }

    #[test]
    fn no_place_is_endless_and_none_holds_another() {
        for place in [
            "{ORG_NET",
            "{}",
            "{ORG_NET:}",
            "{ORG_NET:0}",
            "{ORG_NET:999999999}",
            "{ORG_NET:99999999999999999999999}",
            "{ORG_NET:-1}",
            "{{ORG_NET}}",
            "{ORG_NET:%}",
            "{RATING_STRONG}",
            "{<script>}",
            "{=cmd|' /C calc'!A0}",
        ] {
            let found = line(&format!("text = \"{place}\""));
            assert!(
                matches!(found[..], [Refused::TemplatePlaceMalformed { line: 2, .. }]),
                "{place}: {found:?}"
            );
        }
    }

    #[test]
    fn every_fault_is_told_at_once_and_no_more_than_fifty() {
        let many: String = (0..200).map(|_| "[[lines]]\ntext = \"{NOTHING}\"\n").collect();
        assert_eq!(faults(&format!("title = \"Thử\"\n{many}")).len(), FAULTS_MAX);
        let long: String = (0..301).map(|_| "[[lines]]\ntext = \"x\"\n").collect();
        assert!(matches!(
            faults(&format!("title = \"Thử\"\n{long}"))[..],
            [Refused::FieldTooLong { entries: 301, limit: 300, .. }]
        ));
    }

    #[test]
    fn a_line_is_one_thing() {
        for (rest, item) in [
            ("", "text"),
            ("text = \"x\"\nsection = \"I\"", "text"),
            ("section = \"I\"\neach = \"target\"", "each"),
            ("[lines.table]\ncaption = \"x\"", "table.columns"),
            ("[lines.table]\ncolumns = [{ title = \"A\" }]", "table.rows"),
            ("[lines.table]\ncolumns = [{ title = \"A\" }]\nrows = [[\"x\", \"y\"]]", "table.rows"),
            ("text = \"{unit}\"\neach = \"child\"", "each"),
            (
                "each = \"child\"\n[lines.table]\ncolumns = [{ title = \"A\", text = \"{ORG_FOUNDED/CĐCS}\" }]",
                "table.columns",
            ),
            (
                "[lines.chart]\ntitle = \"x\"\nkind = \"pie\"\nindicator = \"ORG_STOCK\"",
                "chart.kind",
            ),
            ("[lines.form]\ncaption = \"x\"", "form"),
        ] {
            let found = line(rest);
            assert!(
                matches!(found[0], Refused::TemplateLineUnfit { item: at, line: 2, .. } if at == item),
                "{rest}: {found:?}"
            );
        }
    }
}
