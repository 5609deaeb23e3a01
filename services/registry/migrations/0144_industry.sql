-- What organisations work in (ngành): education, health, courts. A dated attribute beside the
-- sector, which says who owns where they work. An organisation of any type may be in an industry, and
-- none has to be: on a day on which no row holds, its industry is not stated.
create table industry_rule
(
    industry text      not null,
    name_vi  text      not null,
    name_en  text      not null,
    valid    daterange not null check (not isempty(valid)),

    constraint industry_rule_once exclude using gist (industry with =, valid with &&)
);

-- Its guards are those of the other dated attributes (0063, 0080): an industry is not known at
-- two values at a time, it is about an organisation that is there, and what is known no longer stays so.
create table organisation_industry
(
    organisation_id uuid      not null,
    industry        text      not null,
    valid           daterange not null check (not isempty(valid)),
    recorded        tstzrange not null,
    act_id          uuid      not null,
    replaced_by     uuid,

    constraint organisation_industry_replaced check ((replaced_by is null) = upper_inf(recorded)),
    constraint organisation_industry_begins check (not lower_inf(valid))
);
create unique index organisation_industry_known
    on organisation_industry (organisation_id, lower(valid)) where upper_inf(recorded);
create index organisation_industry_history on organisation_industry (organisation_id);
create index organisation_industry_act on organisation_industry (act_id);
create index organisation_industry_replacing
    on organisation_industry (replaced_by) where replaced_by is not null;

create function organisation_industry_apart() returns trigger language plpgsql
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
create trigger apart after insert on organisation_industry
    referencing new table as inserted
    for each statement execute function organisation_industry_apart();
create trigger stays before update of valid on organisation_industry
    for each row execute function keep_organisation();
create trigger organisations_stay before update of organisation_id on organisation_industry
    for each row execute function keep_organisation();
create trigger stays_closed before update of recorded on organisation_industry
    for each row when (upper_inf(new.recorded) and not upper_inf(old.recorded))
    execute function stay_closed();

-- What a founding or an end could contradict: an industry begins within the life.
do $migration$
begin
    execute format($view$
        create or replace view organisation_fact
            (organisation_id, attribute, binds, directed, valid, recorded_at, act_id) as
        %s
        union all
        select organisation_id, 'INDUSTRY', 'BEGINS', false, valid, lower(recorded), act_id
        from organisation_industry where upper_inf(recorded)
        $view$, rtrim(pg_get_viewdef('organisation_fact'::regclass), ';'));
end;
$migration$;

alter table organisation_correction
    drop constraint organisation_correction_attribute,
    add constraint organisation_correction_attribute
        check (attribute in ('SUPERIOR', 'NAME', 'TYPE', 'SECTOR', 'CODE', 'STATUS', 'FOUNDING',
                             'ENDING', 'TERRITORY', 'SEAL', 'ALIAS', 'DIRECTOR', 'INDUSTRY'));

-- Of a founding by a plan; programs of before say none.
alter table plan_step add column industry text not null default '';
alter table plan_step_former add column industry text not null default '';
