-- What acts after the position $1 have written to be searched for, and where the feed is:
-- one statement, so that both are of one snapshot. An act that is committed and not yet
-- numbered is pending; it is answered again when it is numbered.
--
-- An act's names are looked up by a range of that one act: of a column in which one act has
-- loaded nearly everything, statistics say that every act has written about as much, and half
-- a hundred small acts after a plan were each sought through the whole country.
select head.epoch as "epoch!", head.position as "position!",
       written.organisation_id as "organisation_id?", written.key as "key?",
       written.is_code as "is_code?"
from feed.head head
left join lateral (
    with act as materialized (
        select act_id from feed.stream where position > $1
        union
        select act_id from feed.pending
    )
    select each.organisation_id, each.key, each.is_code
    from act
    cross join lateral (
        select name.organisation_id, name.search_key as key, false as is_code
        from organisation_name name
        where name.act_id between act.act_id and act.act_id
        union all
        select alias.organisation_id, alias.search_key, false
        from organisation_alias alias
        where alias.act_id between act.act_id and act.act_id
        union all
        select code.organisation_id, fold(code.code), true
        from organisation_code code
        where code.act_id between act.act_id and act.act_id
        -- A fence: act by act. There are hardly ever any, which no plan made before knows.
        offset 0
    ) each
) written on true
