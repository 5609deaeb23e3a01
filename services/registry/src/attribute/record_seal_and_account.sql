-- From $5 on, the seal of $1 is $2 and its account $3 at $4. Recorded at $6 by the act $7.
with replaced as (
    update organisation_seal known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $6)),
        replaced_by = $7
    where known.organisation_id = $1 and upper_inf(known.recorded) and upper_inf(known.valid)
    returning known.seal, known.account_number, known.account_bank, lower(known.valid) as valid_from
), kept as (
    insert into organisation_seal
        (organisation_id, seal, account_number, account_bank, valid, recorded, act_id)
    select $1, seal, account_number, account_bank, daterange(valid_from, $5), tstzrange($6, null), $7
    from replaced
    returning organisation_id
)
insert into organisation_seal
    (organisation_id, seal, account_number, account_bank, valid, recorded, act_id)
select $1, $2, $3, $4, daterange($5, null), tstzrange($6, null), $7
-- After what was known before is closed, if anything was.
from (select count(*) from kept) as closed
