//! By what an indicator may be filtered is what those who record it may write.

use std::collections::BTreeSet;
use std::fs;

/// Lists of words of reporting's sources.toml, and membership's files of the same codes.
const LISTS: [(&str, &str); 7] = [
    ("event", "events"),
    ("honour", "honours"),
    ("honour_level", "honour_levels"),
    ("emulation", "emulations"),
    ("topic", "topics"),
    ("occasion", "welfare_occasions"),
    ("welfare_source", "welfare_sources"),
];

#[test]
fn indicators_are_filtered_by_the_codes_that_membership_records() {
    let root = super::root();
    let read = |path: String| fs::read_to_string(root.join(path)).expect("read");
    let sources: toml::Table =
        read("services/reporting/reference/sources.toml".to_owned()).parse().expect("TOML");
    let lists = sources["lists"].as_table().expect("lists");
    for (list, file) in LISTS {
        let code = |word: &toml::Value| word.as_array()?.first()?.as_str().map(str::to_owned);
        let words: BTreeSet<String> =
            lists[list].as_array().expect("words").iter().filter_map(code).collect();
        let rows = read(format!("services/membership/reference/{file}.csv"));
        let codes: BTreeSet<String> = rows
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.split(',').next()?.to_owned()))
            .collect();
        assert_eq!(words, codes, "{list} of sources.toml, and {file}.csv");
    }
}
