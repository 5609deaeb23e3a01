//! What templates are called and their parameters mean, in English: reports themselves are printed in
//! Vietnamese, as offices send them, and so are the texts of their templates.

/// Templates by their codes.
const TITLES: &[(&str, &str)] = &[
    ("BA_DINH", "Results of a union's work"),
    ("CAU_GIAY", "How targets were reached"),
    ("MY_DUC", "Members won, and grassroots unions founded"),
    ("THAI_NGUYEN", "The work of winning members and founding grassroots unions"),
    ("THANH_TRI", "How the targets of winning members and founding grassroots unions were reached"),
    ("TONG_HOP", "A report on everything"),
    ("TONG_QUAN", "How unions and members stand, unit by unit"),
];

/// Parameters by their names, which mean the same in every template.
const PARAMETERS: &[(&str, &str)] = &[
    (
        "cadence",
        "How often members of a steering committee report: MONTH, QUARTER, HALF_YEAR or YEAR",
    ),
    ("decimals", "How many decimals a percentage has, from 0 to 4"),
    (
        "issuer",
        "Print only targets set by this organisation: its code or name; where it is empty, by any",
    ),
    ("min_decisions", "Print only ceremonies at which so many decisions were handed over, or more"),
    (
        "rating_year",
        "The year of which grassroots unions are rated (on the scale of five, used until 2018)",
    ),
];

/// A template's title.
pub fn title(code: &str) -> Option<&'static str> {
    TITLES.iter().find(|(of, _)| *of == code).map(|(_, title)| *title)
}

/// What a parameter means.
pub fn meaning(name: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(of, _)| *of == name).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_and_every_parameter_is_told_in_english() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../reporting/reference/templates");
        let mut found = 0;
        for file in std::fs::read_dir(folder).expect("templates") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
            let template: toml::Table = text.parse().expect("TOML");
            found += 1;
            let code = template["code"].as_str().expect("a code");
            assert!(title(code).is_some(), "{code} has no English title");
            let parameters = template.get("parameters").and_then(toml::Value::as_array);
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                assert!(meaning(name).is_some(), "{name} of {code} is not told in English");
            }
        }
        assert!(found >= TITLES.len(), "only {found} templates were found");
    }
}
