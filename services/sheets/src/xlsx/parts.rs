//! The small parts of a workbook: where its sheet is, and which of its formats show a day.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::package::{Package, without_workbook};
use super::xml::{Node, Xml};
use crate::limits::Limits;
use crate::refused::{Other, Refused, TooMuch};

/// So many relations, sheets or formats are read of a workbook.
const MANY: usize = 70_000;

/// Where what is read of a workbook is, and what is known of it.
pub(super) struct Workbook {
    /// Its first sheet that is shown.
    pub(super) sheet: String,
    pub(super) sheet_part: String,
    /// The other sheets that are shown.
    pub(super) others: Vec<String>,
    pub(super) texts_part: Option<String>,
    /// For each format of cells, whether it shows a day.
    pub(super) shows_day: Vec<bool>,
    /// Its days are counted from 1904 on, as Excel for old Macs did.
    pub(super) from_1904: bool,
}

impl Workbook {
    pub(super) fn read<R: Read + Seek>(
        package: &mut Package<R>,
        limits: &Limits,
    ) -> Result<Self, Refused> {
        let types = Types::read(package, limits)?;
        let roots = relations(package, "_rels/.rels", "", limits)?;
        let part = roots.into_values().find(|relation| relation.kind == "officeDocument");
        let part = part.map(|relation| relation.part).ok_or_else(|| without_workbook(package))?;
        types.is(&part, &["sheet.main+xml", "sheet.macroEnabled.main+xml", "template.main+xml"])?;
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", &part));
        let rels = format!("{folder}/_rels/{file}.rels");
        let relations = relations(package, rels.trim_start_matches('/'), folder, limits)?;

        let listed = listed(package, &part, limits)?;
        let mut shown = listed.sheets.into_iter();
        let first = shown.next().ok_or(Refused::Empty)?;
        let relation = relations.get(&first.relation).filter(|found| found.kind == "worksheet");
        let sheet_part = relation.ok_or(Refused::Damaged("the sheet is missing"))?.part.clone();
        types.is(&sheet_part, &["worksheet+xml"])?;
        let of_kind = |kind: &str| relations.values().find(|found| found.kind == kind);
        let texts_part = of_kind("sharedStrings").map(|found| found.part.clone());
        let shows_day = match of_kind("styles").map(|found| found.part.clone()) {
            Some(part) if package.has(&part) => shows_day(package, &part, limits)?,
            _ => Vec::new(),
        };
        Ok(Self {
            sheet: first.name,
            sheet_part,
            others: shown.map(|sheet| sheet.name).collect(),
            texts_part: texts_part.filter(|part| package.has(part)),
            shows_day,
            from_1904: listed.from_1904,
        })
    }
}

/// What the parts of a packed file say they are.
struct Types {
    by_name: HashMap<String, String>,
    by_end: HashMap<String, String>,
}

impl Types {
    fn read<R: Read + Seek>(package: &mut Package<R>, limits: &Limits) -> Result<Self, Refused> {
        const PART: &str = "[Content_Types].xml";
        if !package.has(PART) {
            return Err(without_workbook(package));
        }
        let mut types = Self { by_name: HashMap::new(), by_end: HashMap::new() };
        let mut xml = Xml::new(package.part(PART)?, limits);
        loop {
            match xml.next()? {
                Node::Over => return Ok(types),
                Node::Begins(element) => {
                    let said = |name: &str| {
                        Ok::<_, Refused>(element.attribute(name)?.unwrap_or_default().into_owned())
                    };
                    let kind = said("ContentType")?;
                    match element.name() {
                        "Override" => {
                            let name = said("PartName")?.trim_start_matches('/').to_lowercase();
                            types.by_name.insert(name, kind);
                        }
                        "Default" => {
                            types.by_end.insert(said("Extension")?.to_lowercase(), kind);
                        }
                        _ => {}
                    }
                    if types.by_name.len() + types.by_end.len() > MANY {
                        return Err(Refused::TooMuch(TooMuch::Structure));
                    }
                }
                _ => {}
            }
        }
    }

    /// Refuses a part that says it is none of these.
    fn is(&self, part: &str, kinds: &[&str]) -> Result<(), Refused> {
        let part = part.to_lowercase();
        let end = part.rsplit('.').next().unwrap_or_default();
        let said = self.by_name.get(&part).or_else(|| self.by_end.get(end));
        let said = said.map(String::as_str).unwrap_or_default();
        if kinds.iter().any(|kind| said.ends_with(kind)) {
            return Ok(());
        }
        if said.contains("wordprocessingml") || said.contains("presentationml") {
            return Err(Refused::Other(Other::Document));
        }
        Err(Refused::Damaged("a part says that it is something else"))
    }
}

/// What a part refers to.
struct Relation {
    kind: String,
    part: String,
}

/// What the parts of a folder refer to, by their ids. What lies elsewhere is left out.
fn relations<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    folder: &str,
    limits: &Limits,
) -> Result<HashMap<String, Relation>, Refused> {
    let mut relations = HashMap::new();
    if !package.has(part) {
        return Err(match folder {
            "" => without_workbook(package),
            _ => Refused::Damaged("the relations are missing"),
        });
    }
    let mut xml = Xml::new(package.part(part)?, limits);
    loop {
        match xml.next()? {
            Node::Over => return Ok(relations),
            Node::Begins(element) if element.name() == "Relationship" => {
                let said = |name: &str| {
                    Ok::<_, Refused>(element.attribute(name)?.unwrap_or_default().into_owned())
                };
                if said("TargetMode")? == "External" {
                    continue;
                }
                let kind = said("Type")?.rsplit('/').next().unwrap_or_default().to_owned();
                let part = within(folder, &said("Target")?);
                relations.insert(said("Id")?, Relation { kind, part });
                if relations.len() > MANY {
                    return Err(Refused::TooMuch(TooMuch::Structure));
                }
            }
            _ => {}
        }
    }
}

/// The name of a part that is referred to from a folder.
fn within(folder: &str, target: &str) -> String {
    if let Some(from_root) = target.strip_prefix('/') {
        return from_root.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

struct Listed {
    sheets: Vec<ListedSheet>,
    from_1904: bool,
}

struct ListedSheet {
    name: String,
    relation: String,
}

/// The sheets of a workbook that are shown.
fn listed<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    limits: &Limits,
) -> Result<Listed, Refused> {
    let mut listed = Listed { sheets: Vec::new(), from_1904: false };
    let mut xml = Xml::new(package.part(part)?, limits);
    loop {
        match xml.next()? {
            Node::Over => return Ok(listed),
            Node::Begins(element) => match element.name() {
                "workbookPr" => {
                    let said = element.attribute("date1904")?;
                    listed.from_1904 = said.is_some_and(|said| matches!(&*said, "1" | "true"));
                }
                "sheet" => {
                    let said = |name: &str| {
                        Ok::<_, Refused>(element.attribute(name)?.unwrap_or_default().into_owned())
                    };
                    if said("state")?.to_lowercase().ends_with("hidden") {
                        continue;
                    }
                    listed.sheets.push(ListedSheet { name: said("name")?, relation: said("id")? });
                    if listed.sheets.len() > limits.entries {
                        return Err(Refused::TooMuch(TooMuch::Structure));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// For each format of cells, whether it shows a day.
fn shows_day<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    limits: &Limits,
) -> Result<Vec<bool>, Refused> {
    let mut own: HashMap<u32, bool> = HashMap::new();
    let mut formats = Vec::new();
    // The level at which the list of formats is open; others have elements of the same name.
    let mut list = None;
    let mut xml = Xml::new(package.part(part)?, limits);
    loop {
        let depth = xml.depth();
        match xml.next()? {
            Node::Over => return Ok(formats),
            Node::Ends => list = list.filter(|at| *at < depth),
            Node::Begins(element) => {
                let number = element.attribute("numFmtId")?;
                let number: Option<u32> = number.and_then(|number| number.parse().ok());
                match (element.name(), number) {
                    ("numFmt", Some(number)) => {
                        let code = element.attribute("formatCode")?.unwrap_or_default();
                        own.insert(number, is_of_days(&code));
                    }
                    ("cellXfs", _) => list = Some(depth + 1),
                    ("xf", number) if list == Some(depth) => {
                        let number = number.unwrap_or_default();
                        let known = own.get(&number).copied();
                        formats.push(known.unwrap_or_else(|| built_in_of_days(number)));
                    }
                    _ => {}
                }
                if own.len() > MANY || formats.len() > MANY {
                    return Err(Refused::TooMuch(TooMuch::Structure));
                }
            }
            Node::Text(_) | Node::Remark => {}
        }
    }
}

/// Formats that every workbook has: of these, those with a day.
fn built_in_of_days(number: u32) -> bool {
    matches!(number, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57..=58)
}

/// Whether a format shows a day: whether a letter of it stands for one, outside quoted words.
fn is_of_days(code: &str) -> bool {
    let mut letters = code.chars();
    let mut shown = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                letters.by_ref().find(|letter| *letter == '"');
            }
            '[' => {
                letters.by_ref().find(|letter| *letter == ']');
            }
            '\\' | '_' | '*' => {
                letters.next();
            }
            letter => shown.extend(letter.to_lowercase()),
        }
    }
    // `General` has neither; `m` alone is a minute as well.
    shown != "general" && (shown.contains('d') || shown.contains('y'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_shows_a_day_where_its_letters_say_so() {
        for code in ["dd/mm/yyyy", "yyyy", "[$-42A]d mmmm, yyyy;@", "\"ngày\" d"] {
            assert!(is_of_days(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0\\ \"đồng\"", "[Red]0", "h:mm", "@", "\"day\" 0"] {
            assert!(!is_of_days(code), "{code}");
        }
        assert!(built_in_of_days(14) && !built_in_of_days(49) && !built_in_of_days(20));
    }

    #[test]
    fn parts_are_found_from_where_they_are_named() {
        for (folder, target, expected) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../etc/x", "etc/x"),
        ] {
            assert_eq!(within(folder, target), expected, "{target}");
        }
    }
}
