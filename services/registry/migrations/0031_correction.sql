-- Corrections: what was recorded wrongly, of which days, and why it is known otherwise.
create table organisation_correction
(
    act_id          uuid        primary key,
    organisation_id uuid        not null references organisation,
    attribute       text        not null
        check (attribute in ('SUPERIOR', 'NAME', 'TYPE', 'SECTOR', 'CODE', 'STATUS', 'FOUNDING', 'ENDING')),
    valid           daterange   not null check (not isempty(valid)),
    decision_id     uuid        references decision,
    reason          text        not null,
    recorded_at     timestamptz not null,

    constraint organisation_correction_has_reason check (decision_id is not null or reason <> '')
);
create index organisation_correction_of on organisation_correction (organisation_id);

-- The attributes that an organisation has for the whole of its life.
create function lifelong_relations() returns setof regclass
    language sql immutable
return unnest(array['organisation_parent', 'organisation_name', 'organisation_code',
                    'organisation_type', 'organisation_sector', 'organisation_status']::regclass[]);

-- Writes what is known of p_organisation's lifelong attributes anew, so that what began on
-- p_old, or before p_new, begins on p_new. What lies before p_new whole is left out.
create function begin_life(p_organisation uuid, p_old date, p_new date, p_act uuid, p_at timestamptz)
    returns void
    language plpgsql
as $$
declare
    dated record;
begin
    for dated in select relation, belief from dated_relations()
                 where relation in (select lifelong_relations()) loop
        execute format(
            'with replaced as (
                 update %1$s known
                 set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $5)),
                     replaced_by = $4
                 where known.organisation_id = $1 and upper_inf(known.recorded)
                   and (lower(known.valid) = $2 or lower(known.valid) < $3)
                 returning known.*
             )
             insert into %1$s (%2$s, recorded)
             select %3$s, tstzrange($5, null) from replaced
             where upper_inf(valid) or upper(valid) > $3',
            dated.relation, dated.belief,
            replace(replace(dated.belief, 'act_id', '$4'), 'valid', 'daterange($3, upper(valid))'))
            using p_organisation, p_old, p_new, p_act, p_at;
    end loop;
end;
$$;
