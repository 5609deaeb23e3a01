-- What acts after the position $1 have written to be searched for, and where the feed is:
-- one statement, so that both are of one snapshot. An act that is committed and not yet
-- numbered is pending; it is answered again when it is numbered.
select head.epoch as "epoch!", head.position as "position!",
       written.organisation_id as "organisation_id?", written.key as "key?",
       written.is_code as "is_code?"
from feed.head head
left join (
    with act as materialized (
        select act_id from feed.stream where position > $1
        union
        select act_id from feed.pending
    )
    select name.organisation_id, name.search_key as key, false as is_code
    from act join organisation_name name using (act_id)
    union all
    select code.organisation_id, fold(code.code), true
    from act join organisation_code code using (act_id)
) written on true
