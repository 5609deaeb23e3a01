//! The lists, one by one: what stands in a file, and in which table it becomes what.

/// What is in a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// Some text.
    Text,
    /// A text that may be empty.
    Optional,
    /// A text; empty is none.
    Nullable,
    /// A number, this at least.
    Number(i32),
    /// A number, this at least; empty is none.
    NullableNumber(i32),
    /// 1 or 0.
    Flag,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// The code of a type of organisation.
    Type,
    /// The code of a body.
    Body,
}

/// A cell of a file, and the column that it becomes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// In the file.
    pub heading: &'static str,
    /// In the table.
    pub column: &'static str,
    /// What may stand there.
    pub what: What,
}

const fn cell(heading: &'static str, column: &'static str, what: What) -> Cell {
    Cell { heading, column, what }
}

/// A list of reference data.
#[derive(Debug)]
pub struct List {
    /// As the contract names it.
    pub name: &'static str,
    /// What is compiled in.
    pub(super) file: &'static str,
    /// The table of its rules.
    pub(super) relation: &'static str,
    /// The cells that name a line: once, or once on a day.
    pub(super) once: &'static [&'static str],
    pub(super) cells: &'static [Cell],
    /// Rules hold from a day to a day, `valid_from` and `valid_to`; codes for ever.
    pub(super) dated: bool,
}

use What::Body;
use What::Flag;
use What::Nullable;
use What::NullableNumber;
use What::Number;
use What::OneOf;
use What::Optional;
use What::Text;
use What::Type;

/// All lists, in an order in which each names only what stands before it.
pub static LISTS: [List; 15] = [
    List {
        name: "ORGANISATION_TYPES",
        file: include_str!("../../../reference/organisation_types.csv"),
        relation: "organisation_type_rule",
        once: &["code"],
        // And under which it may stand: superior_type_rule.
        cells: &[
            cell("code", "type", Text),
            cell("name_vi", "name_vi", Text),
            cell("short_name_vi", "short_name_vi", Optional),
            cell("tier_order", "tier", Number(1)),
            cell("sector", "sector_need", OneOf(&["NONE", "ALLOWED", "REQUIRED"])),
        ],
        dated: true,
    },
    List {
        name: "SECTORS",
        file: include_str!("../../../reference/sectors.csv"),
        relation: "sector_rule",
        once: &["code"],
        // And whether it has sectors of its own.
        cells: &[
            cell("code", "sector", Text),
            cell("parent_code", "group_of", Nullable),
            cell("name_vi", "name_vi", Text),
        ],
        dated: false,
    },
    List {
        name: "INDUSTRIES",
        file: include_str!("../../../reference/industries.csv"),
        relation: "industry_rule",
        once: &["code"],
        cells: &[
            cell("code", "industry", Text),
            cell("name_vi", "name_vi", Text),
            cell("name_en", "name_en", Text),
        ],
        dated: true,
    },
    List {
        name: "MINIMUM_FOUNDERS",
        file: include_str!("../../../reference/minimum_founders.csv"),
        relation: "minimum_founders_rule",
        once: &["type"],
        cells: &[cell("type", "type", Type), cell("minimum", "minimum", Number(1))],
        dated: true,
    },
    List {
        name: "COMMUNES",
        file: include_str!("../../../reference/communes.csv"),
        relation: "commune_rule",
        once: &["code"],
        // And the last day of the commune itself.
        cells: &[
            cell("code", "commune", Text),
            cell("name_vi", "name_vi", Text),
            cell("province_code", "province_code", Text),
            cell("district_code", "district_code", Optional),
        ],
        dated: true,
    },
    List {
        name: "TERRITORIES",
        file: include_str!("../../../reference/territories.csv"),
        relation: "territory_rule",
        once: &["type"],
        cells: &[cell("type", "type", Type), cell("exclusive", "exclusive", Flag)],
        dated: true,
    },
    List {
        name: "DOCUMENT_KINDS",
        file: include_str!("../../../reference/document_kinds.csv"),
        relation: "document_kind_rule",
        once: &["code"],
        cells: &[cell("code", "kind", Text), cell("name_vi", "name_vi", Text)],
        dated: false,
    },
    List {
        name: "BODIES",
        file: include_str!("../../../reference/bodies.csv"),
        relation: "body_rule",
        once: &["code"],
        cells: &[
            cell("code", "body", Text),
            cell("name_vi", "name_vi", Text),
            cell("elected", "elected", Flag),
            cell("down_to_tier", "down_to_tier", NullableNumber(1)),
        ],
        dated: false,
    },
    List {
        name: "POSITIONS",
        file: include_str!("../../../reference/positions.csv"),
        relation: "position_rule",
        once: &["body", "position"],
        cells: &[
            cell("body", "body", Body),
            cell("position", "position", Text),
            cell("name_vi", "name_vi", Text),
            cell("sole", "sole", Flag),
            cell("required", "required", Flag),
        ],
        dated: false,
    },
    List {
        name: "BODY_SIZES",
        file: include_str!("../../../reference/body_sizes.csv"),
        relation: "body_size_rule",
        once: &["type", "organisation_code", "body", "members_from"],
        cells: &[
            cell("type", "type", Type),
            cell("organisation_code", "organisation_code", Optional),
            cell("body", "body", Body),
            cell("members_from", "members_from", Number(0)),
            cell("least", "least", Number(1)),
            cell("most", "most", Number(1)),
        ],
        dated: true,
    },
    List {
        name: "BODY_SHARES",
        file: include_str!("../../../reference/body_shares.csv"),
        relation: "body_share_rule",
        once: &["share", "level"],
        cells: &[
            cell(
                "share",
                "share",
                OneOf(&["EXCESS", "LEAST_OF_MOST", "STANDING_OF_EXECUTIVE", "CO_OPTED"]),
            ),
            cell("level", "level", OneOf(&["SUPERIOR", "GRASSROOTS"])),
            cell("numerator", "numerator", Number(1)),
            cell("denominator", "denominator", Number(1)),
            cell("seats_from", "seats_from", Number(0)),
        ],
        dated: true,
    },
    List {
        name: "CONGRESS_FORMS",
        file: include_str!("../../../reference/congress_forms.csv"),
        relation: "congress_form_rule",
        once: &["type"],
        cells: &[cell("type", "type", Type), cell("delegates_from", "delegates_from", Number(1))],
        dated: true,
    },
    List {
        name: "DEADLINES",
        file: include_str!("../../../reference/deadlines.csv"),
        relation: "deadline_rule",
        once: &["deadline"],
        cells: &[
            cell("deadline", "deadline", OneOf(&["APPOINTED_CONGRESS"])),
            cell("months", "months", Number(1)),
        ],
        dated: true,
    },
    List {
        name: "ENTERPRISE_TYPES",
        file: include_str!("../../../reference/enterprise_types.csv"),
        relation: "enterprise_type_rule",
        once: &["code"],
        cells: &[cell("code", "enterprise_type", Text), cell("name_vi", "name_vi", Text)],
        dated: false,
    },
    List {
        name: "CAMPAIGN_STAGES",
        file: include_str!("../../../reference/campaign_stages.csv"),
        relation: "campaign_stage_rule",
        once: &["code"],
        cells: &[
            cell("code", "stage", Text),
            cell("stage_order", "stage_order", Number(1)),
            cell("name_vi", "name_vi", Text),
        ],
        dated: false,
    },
];
