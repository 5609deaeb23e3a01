-- What is written of the industries of organisations: each is about one that is there, and none has two at
-- a time (0144; the other dated attributes have the same guard from 0063 and 0080).
create or replace function organisation_industry_apart() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
    set enable_bitmapscan = off
as $$
declare
    torn_id uuid;
    locked bigint;
    about bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'dated attributes are written at READ COMMITTED'
            using errcode = 'invalid_transaction_state';
    end if;
    select count(*), count(taken.there) into about, locked
    from (select distinct organisation_id from inserted
          order by organisation_id
          offset 0) each
    left join lateral (
        select true as there
        from organisation
        where organisation.organisation_id = each.organisation_id
        for no key update
    ) taken on true;
    if locked < about then
        raise exception 'a row of organisation_industry is about no organisation'
            using errcode = 'foreign_key_violation', table = 'organisation_industry',
                  constraint = 'organisation_industry_named';
    end if;
    select inserted.organisation_id into torn_id
    from inserted
    cross join lateral (
        select
        from organisation_industry known
        where known.organisation_id = inserted.organisation_id
          and upper(known.recorded) is null
          and (known.valid && inserted.valid) is true
          and lower(known.valid) <> lower(inserted.valid)
        offset 0
    ) beside
    where upper_inf(inserted.recorded)
    limit 1;
    if found then
        raise exception '% has two at a time in organisation_industry', torn_id
            using errcode = 'exclusion_violation', table = 'organisation_industry',
                  constraint = 'organisation_industry_known';
    end if;
    return null;
end;
$$;
