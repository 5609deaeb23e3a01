/// What is asked of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Kept and shown.
    Name,
    /// Compared.
    Typed,
    /// Compared, and written in one way where it is a UUID.
    Id,
    /// Made by this system.
    Sealed,
}

/// What a field of text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What is asked of it.
    pub kind: Kind,
    /// At most so many characters.
    pub characters_max: usize,
}

impl Rule {
    /// As the contract declares it for the field, or else by the field's name.
    pub fn of(field: &prost_reflect::FieldDescriptor) -> Self {
        let options = field.options();
        let declared = [("name", Kind::Name), ("typed", Kind::Typed), ("sealed", Kind::Sealed)]
            .into_iter()
            .find_map(|(option, kind)| {
                let option = format!("congdoan.text.v1.{option}");
                let option = field.parent_pool().get_extension_by_name(&option)?;
                let limit = options.get_extension(&option).as_i32()?;
                let characters_max = usize::try_from(limit).ok().filter(|limit| *limit > 0)?;
                Some(Self { kind, characters_max })
            });
        let ends = |end: &str| field.name().ends_with(end);
        let (kind, characters_max) = if ends("_id") || ends("_ids") {
            (Kind::Id, 100)
        } else if ends("_token") {
            (Kind::Sealed, 8_192)
        } else {
            (Kind::Name, 500)
        };
        declared.unwrap_or(Self { kind, characters_max })
    }
}
