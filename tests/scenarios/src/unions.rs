//! Grassroots unions of a scenario, and who of their members may move in it.

/// A grassroots union of the scenario, with the ids of its members in order of admission.
#[derive(Clone, Default)]
pub struct Union {
    /// In the register.
    pub id: String,
    /// In the register.
    pub code: String,
    /// The people whom the scenario can name. The first ones hold offices.
    pub members: Vec<String>,
    /// The decision that founded it; empty where it was there before the scenario begins.
    pub decision_id: String,
}

/// People who leave their union together.
pub struct Leaving {
    /// Which of the unions, by its place in the list.
    pub union: usize,
    /// The union's id.
    pub union_id: String,
    /// Who.
    pub person_ids: Vec<String>,
}

/// Chooses so many people to leave, going round the unions, at most `together` at once and
/// never the first `keep` of a union, who hold its offices. `from` is the union to go on
/// with, and is moved.
pub fn choose(
    unions: &mut [Union],
    from: &mut usize,
    count: usize,
    together: usize,
    keep: usize,
) -> Vec<Leaving> {
    let mut leaving = Vec::new();
    let (mut missing, mut passed_over) = (count, 0);
    while missing > 0 && passed_over < unions.len() {
        let place = *from % unions.len();
        *from += 1;
        let union = &mut unions[place];
        let can_go = union.members.len().saturating_sub(keep).min(together).min(missing);
        if can_go == 0 {
            passed_over += 1;
            continue;
        }
        passed_over = 0;
        missing -= can_go;
        let person_ids = union.members.split_off(union.members.len() - can_go);
        leaving.push(Leaving { union: place, union_id: union.id.clone(), person_ids });
    }
    leaving
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_leave_as_are_asked_for_and_officers_stay() {
        let union = |n: usize| Union {
            members: (0..10).map(|member| format!("{n}/{member}")).collect(),
            ..Union::default()
        };
        let mut unions: Vec<_> = (0..3).map(union).collect();
        let leaving = choose(&mut unions, &mut 1, 20, 4, 3);
        let people: usize = leaving.iter().map(|part| part.person_ids.len()).sum();
        assert_eq!(people, 20);
        assert!(unions.iter().all(|union| union.members.len() >= 3));
        assert_eq!(leaving[0].union, 1);
    }
}
