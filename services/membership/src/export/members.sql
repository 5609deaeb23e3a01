-- The members of the unions $1 on $2 who come after the person $3, of each union at most $4, as far
-- as the unions lie in the caller's scope; with $5, what identifies them, where the caller holds $6
-- on the union, too.
with asked as materialized (
    select organisation_id, $5 and access.covers_with(organisation_id, $6) as identified
    from unnest($1::uuid[]) as union_asked (organisation_id)
    where access.covers(organisation_id)
)
select member.person_id as "person_id!", asked.organisation_id as "organisation_id!",
       member.name as "name!", member.sex as "sex!", member.birth_date as "birth_date?",
       member.birth_year as "birth_year?", member.workplace as "workplace?",
       member.occupation as "occupation?", member.from_on as "from_on!",
       identity.country as "identity_country?", identity.key_version as "identity_key_version?",
       identity.ciphertext as "identity_ciphertext?", contact.key_version as "phone_key_version?",
       contact.ciphertext as "phone_ciphertext?"
from asked
cross join lateral (
    select person_id, name, sex, birth_date, birth_year, workplace, occupation, from_on
    from membership join person using (person_id)
    where membership.organisation_id = asked.organisation_id and from_on <= $2
      and (until_on is null or until_on > $2)
      and person_id > $3
    order by person_id limit $4
) member
left join lateral (
    select known.country, known.key_version, known.ciphertext
    from person_identity known
    where known.person_id = member.person_id and known.ended_at is null and asked.identified
    order by (known.until_on is null or known.until_on > access.today()) desc, known.kind,
             known.recorded_at desc
    limit 1
) identity on true
left join lateral (
    select known.key_version, known.ciphertext
    from person_contact known
    where known.person_id = member.person_id and asked.identified
    offset 0
) contact on true
order by asked.organisation_id, member.person_id
