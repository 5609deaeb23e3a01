-- Undoing an act: what rests on it is known no longer, and what it replaced is known again.
-- What is known again goes on resting on the act that made it known first, so that acts can
-- be undone one after the other, the last one first.

-- Acts that were undone. Their rows are still there, for whoever asks what was known then.
create table act_undone
(
    act_id    uuid        primary key,
    undone_by uuid        not null,
    undone_at timestamptz not null
);

-- Ids of acts grow with time, as rows do: the smallest of indexes finds the rows of an act.
create index organisation_founding_act on organisation_founding using brin (act_id);
create index organisation_parent_act on organisation_parent using brin (act_id);
create index organisation_name_act on organisation_name using brin (act_id);
create index organisation_code_act on organisation_code using brin (act_id);
create index organisation_type_act on organisation_type using brin (act_id);
create index organisation_sector_act on organisation_sector using brin (act_id);
create index organisation_status_act on organisation_status using brin (act_id);
create index organisation_ending_act on organisation_ending using brin (act_id);
create index office_act on office using brin (act_id);
create index unit_assignment_act on unit_assignment using brin (act_id);
create index employer_union_act on employer_union using brin (act_id);
create index role_grant_act on role_grant using brin (act_id);

-- And these find what it replaced.
create index organisation_founding_replacing
    on organisation_founding (replaced_by) where replaced_by is not null;
create index organisation_parent_replacing
    on organisation_parent (replaced_by) where replaced_by is not null;
create index organisation_name_replacing
    on organisation_name (replaced_by) where replaced_by is not null;
create index organisation_code_replacing
    on organisation_code (replaced_by) where replaced_by is not null;
create index organisation_type_replacing
    on organisation_type (replaced_by) where replaced_by is not null;
create index organisation_sector_replacing
    on organisation_sector (replaced_by) where replaced_by is not null;
create index organisation_status_replacing
    on organisation_status (replaced_by) where replaced_by is not null;
create index organisation_ending_replacing
    on organisation_ending (replaced_by) where replaced_by is not null;
create index office_replacing
    on office (replaced_by) where replaced_by is not null;
create index unit_assignment_replacing
    on unit_assignment (replaced_by) where replaced_by is not null;
create index employer_union_replacing
    on employer_union (replaced_by) where replaced_by is not null;
create index role_grant_replacing
    on role_grant (replaced_by) where replaced_by is not null;

-- Every table of dated beliefs: the column that names the organisation that a belief is
-- about (null where none does), and the columns that make it up.
create function dated_relations() returns table (relation regclass, about text, belief text)
    language sql stable
begin atomic
    select class.oid::regclass,
           (select attribute.attname::text
            from pg_attribute attribute
            where attribute.attrelid = class.oid and not attribute.attisdropped
              and attribute.attname in ('organisation_id', 'unit_id', 'union_id')
            order by attribute.attname
            limit 1),
           (select string_agg(quote_ident(attribute.attname), ', ' order by attribute.attnum)
            from pg_attribute attribute
            where attribute.attrelid = class.oid and attribute.attnum > 0
              and not attribute.attisdropped and attribute.attgenerated = ''
              and attribute.attname not in ('recorded', 'replaced_by'))
    from pg_class class
    where class.relkind = 'r' and class.relnamespace = 'public'::regnamespace
      and exists (select from pg_attribute attribute
                  where attribute.attrelid = class.oid and attribute.attname = 'replaced_by'
                    and not attribute.attisdropped)
    order by class.relname;
end;

-- The acts that replaced what rests on the act p_act, and the organisations concerned; none
-- that were undone.
create function acts_resting_on(p_act uuid)
    returns table (act_id uuid, organisation_id uuid)
    language plpgsql stable
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() loop
        return query execute format(
            'select distinct belief.replaced_by, %s
             from %s belief
             where belief.act_id = $1 and belief.replaced_by <> $1
               and not exists (select from act_undone undone
                               where undone.act_id = belief.replaced_by)',
            coalesce('belief.' || quote_ident(dated.about), 'null::uuid'), dated.relation)
            using p_act;
    end loop;
end;
$$;

-- The organisations of which an act made something known, or of which it replaced something.
create function organisations_of_act(p_act uuid) returns setof uuid
    language plpgsql stable
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() where about is not null loop
        return query execute format(
            'select belief.%1$I from %2$s belief where belief.act_id = $1 and belief.replaced_by is null
             union
             select belief.%1$I from %2$s belief where belief.replaced_by = $1',
            dated.about, dated.relation)
            using p_act;
    end loop;
end;
$$;

-- Undoes the act p_act by the act p_by at p_at. Whoever calls has asked what rests on it.
create function undo_act(p_act uuid, p_by uuid, p_at timestamptz) returns void
    language plpgsql
as $$
declare
    dated record;
begin
    for dated in select * from dated_relations() loop
        execute format(
            'update %s known
             set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
                 replaced_by = $2
             where known.act_id = $1 and known.replaced_by is null',
            dated.relation)
            using p_act, p_by, p_at;
        -- In the order of the indexes of the exclusion constraints: thousands of rows are
        -- written, and each goes next to the one before.
        execute format(
            'insert into %1$s (%2$s, recorded)
             select %2$s, tstzrange($2, null)
             from %1$s replaced
             where replaced.replaced_by = $1 and replaced.act_id <> $1
             order by %3$s',
            dated.relation, dated.belief, coalesce(quote_ident(dated.about), 'act_id'))
            using p_act, p_at;
    end loop;
    insert into act_undone (act_id, undone_by, undone_at) values (p_act, p_by, p_at);
end;
$$;
