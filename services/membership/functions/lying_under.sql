-- These organisations and all that lie under them today, also those that have ended: what ended
-- goes on in its principal successor, or else in its last superior; what is founded for a later
-- date, in its first one. It goes down where `access.reached` goes up.
create or replace function lying_under(p_roots uuid[]) returns setof uuid
    language sql stable
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
as $body$
    with recursive under (organisation_id) as (
        select unnest(p_roots)
        union
        select next.organisation_id
        from under
        cross join lateral (
            select edge.organisation_id
            from access.superior edge
            where edge.superior_id = under.organisation_id
              and (edge.valid @> access.today()
                   or under.organisation_id = (
                       -- Of what has no place today and no heir, the one that it last had.
                       select last.superior_id
                       from access.superior last
                       where last.organisation_id = edge.organisation_id
                         and not exists (
                             select from access.superior here
                             where here.organisation_id = edge.organisation_id
                               and here.valid @> access.today())
                         and not exists (
                             select from access.ending ending
                             where ending.organisation_id = edge.organisation_id
                               and ending.ended_on <= access.today()
                               and ending.heir_id is not null)
                       order by lower(last.valid) <= access.today() desc,
                                case when lower(last.valid) <= access.today()
                                     then lower(last.valid) end desc,
                                lower(last.valid)
                       limit 1))
            union all
            select ending.organisation_id
            from access.ending ending
            where ending.heir_id = under.organisation_id and ending.ended_on <= access.today()
        ) next
    )
    select organisation_id from under;
$body$;
