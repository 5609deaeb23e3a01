-- An organisation and all that lay under it on a day, as the tree stood then.
create or replace function lay_under(p_root uuid, p_day date) returns setof uuid
    language sql stable
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
as $body$
    with recursive under (organisation_id) as (
        select p_root
        union
        select edge.organisation_id
        from under
        join access.superior edge on edge.superior_id = under.organisation_id
        where edge.valid @> p_day
    )
    select organisation_id from under;
$body$;
