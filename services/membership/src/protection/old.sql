-- What is sealed of the people $1 with another data key than $2, now and of before.
select 'person_contact' as "relation!", person_id as "person_id!", null::smallint as "attribute?",
       null::date as "from_on?", key_version as "key_version!", ciphertext as "ciphertext!"
from person_contact
where person_id = any ($1) and key_version <> $2
union all
select 'person_contact_past', person_id, null::smallint, null::date, key_version, ciphertext
from person_contact_past
where person_id = any ($1) and key_version <> $2
union all
select 'person_email', person_id, null::smallint, null::date, key_version, ciphertext
from person_email
where person_id = any ($1) and key_version <> $2
union all
select 'person_email_past', person_id, null::smallint, null::date, key_version, ciphertext
from person_email_past
where person_id = any ($1) and key_version <> $2
union all
select 'person_identity', person_id, null::smallint, null::date, key_version, ciphertext
from person_identity
where person_id = any ($1) and key_version <> $2
union all
select 'person_identity_past', person_id, null::smallint, null::date, key_version, ciphertext
from person_identity_past
where person_id = any ($1) and key_version <> $2
union all
select 'person_sensitive', person_id, attribute, from_on, key_version, ciphertext
from person_sensitive
where person_id = any ($1) and key_version <> $2
union all
select 'person_sensitive_past', person_id, attribute, from_on, key_version, ciphertext
from person_sensitive_past
where person_id = any ($1) and key_version <> $2
order by 1
