-- Writes what is known of p_organisation's lifelong attributes anew, so that what began on
-- p_old, or before p_new, begins on p_new. What lies before p_new whole is left out.
create or replace function begin_life(p_organisation uuid, p_old date, p_new date, p_act uuid, p_at timestamptz)
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
