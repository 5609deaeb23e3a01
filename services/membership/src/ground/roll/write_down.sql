-- Writes people down, $1 to $8 under the organisation $9 by the act $10 at $11; their numbers, $12 to
-- $17; and their phones, $18 to $20. Answers whose number is nobody else's.
with known as (
    insert into person (person_id, name, name_key, sex, birth_date, birth_year, workplace,
                        occupation, recorded_under, act_id, recorded_at)
    select person_id, name, name_key, sex, birth_date, birth_year, workplace, occupation, $9, $10, $11
    from unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::date[], $6::smallint[],
                $7::text[], $8::text[])
         as line (person_id, name, name_key, sex, birth_date, birth_year, workplace, occupation)
), reached as (
    insert into person_contact (person_id, key_version, ciphertext)
    select person_id, key_version, ciphertext
    from unnest($18::uuid[], $19::integer[], $20::bytea[]) as line (person_id, key_version, ciphertext)
)
insert into person_identity (blind_index, person_id, kind, country, key_version, ciphertext,
                             recorded_at)
select blind_index, person_id, kind, country, key_version, ciphertext, $11
from unnest($12::bytea[], $13::uuid[], $14::smallint[], $15::text[], $16::integer[], $17::bytea[])
     as line (blind_index, person_id, kind, country, key_version, ciphertext)
order by blind_index
on conflict (blind_index) where ended_at is null do nothing
returning person_id
