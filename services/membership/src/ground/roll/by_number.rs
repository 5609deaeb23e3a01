//! People whom the register knows by their number, written down again: an applicant of a
//! founding that was refused, for example, whose dossier is sent once more.

use std::collections::HashMap;

use chassis::database::Acting;
use chassis::refusal::Failure;
use uuid::Uuid;

use crate::ground::keys::Keys;
use crate::ground::person::name_key;
use crate::ground::roll::{Enrolled, Roll, blind_index, lock};

struct Holder {
    blind_index: Vec<u8>,
    person_id: Uuid,
    name_key: String,
    sex: i16,
    birth_year: i16,
}

impl Roll {
    /// The lines of this roll whose number is that of somebody who lies in the caller's scope,
    /// has the name and the year of birth of the line, and is a member nowhere: it is she.
    /// Locked in the order of their ids.
    pub(super) async fn known_by_number(
        &self,
        acting: &mut Acting,
        keys: &Keys,
    ) -> Result<HashMap<usize, Enrolled>, Failure> {
        let asked: Vec<(usize, Vec<u8>)> = self
            .new_persons()
            .filter_map(|(line, person)| {
                person.identity.as_ref().map(|identity| (line, blind_index(keys, identity)))
            })
            .collect();
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        let blind_indexes: Vec<Vec<u8>> = asked.iter().map(|(_, index)| index.clone()).collect();
        let today = acting.today;
        let holders = sqlx::query_as!(
            Holder,
            r#"with holds as materialized (
                   select blind_index, coalesce(root_id, person_identity.person_id) as person_id
                   from person_identity
                   left join person_merge using (person_id)
                   where blind_index = any ($1) and ended_at is null
               )
               select blind_index, person_id as "person_id!", name_key, sex,
                      coalesce(birth_year, 0::smallint) as "birth_year!"
               from holds join person using (person_id)
               where person_id in (select persons_in_scope(array(select person_id from holds)))
                 and not exists (select from membership
                                 where membership.person_id = person.person_id
                                   and (until_on is null or until_on > $2))"#,
            &blind_indexes,
            today,
        )
        .fetch_all(acting.db())
        .await?;
        if holders.is_empty() {
            return Ok(HashMap::new());
        }
        let person_ids: Vec<Uuid> = holders.iter().map(|holder| holder.person_id).collect();
        lock(acting, &person_ids).await?;
        let holders: HashMap<Vec<u8>, Holder> =
            holders.into_iter().map(|holder| (holder.blind_index.clone(), holder)).collect();
        let mut known = HashMap::new();
        for ((line, index), (_, person)) in asked.into_iter().zip(self.numbered_persons()) {
            let Some(holder) = holders.get(&index) else { continue };
            let birth_year = person.birth_year.unwrap_or_default();
            if holder.name_key == name_key(&person.name) && holder.birth_year == birth_year {
                let Holder { person_id, sex, birth_year, .. } = *holder;
                known.insert(line, Enrolled { person_id, sex, birth_year });
            }
        }
        Ok(known)
    }
}
