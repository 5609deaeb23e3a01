-- What an organisation held that is known never to have existed: communes, other names, a seal,
-- directors, seats, whom it followed and who followed it, employers, people that it sent or
-- received, recognitions, grants. None of it is known any longer, by the act p_by at p_at, whichever
-- act had recorded it; to undo that act is to know it again. Its lifelong attributes are not
-- touched: whoever recorded something of them is asked first.
create or replace function give_up_what_it_held(p_organisations uuid[], p_by uuid, p_at timestamptz) returns void
    language plpgsql
as $$
declare
    held record;
begin
    for held in
        select dated.relation,
               string_agg(format('known.%I = any ($1)', attribute.attname), ' or ') as named
        from dated_relations() dated
        join pg_constraint naming
          on naming.conrelid = dated.relation and naming.contype = 'f'
         and naming.confrelid = 'organisation'::regclass
        join pg_attribute attribute
          on attribute.attrelid = naming.conrelid and attribute.attnum = naming.conkey[1]
        where dated.relation not in (select lifelong_relations())
          and dated.relation not in ('organisation_founding'::regclass,
                                     'organisation_ending'::regclass,
                                     'organisation_succession'::regclass)
        group by dated.relation
    loop
        execute format(
            'update %s known
             set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), $3)),
                 replaced_by = $2
             where known.replaced_by is null and (%s)',
            held.relation, held.named)
            using p_organisations, p_by, p_at;
    end loop;
    -- What the members of its steering committees followed elsewhere.
    update unit_assignment known
    set recorded = tstzrange(lower(known.recorded), greatest(lower(known.recorded), p_at)),
        replaced_by = p_by
    from body
    where body.body_id = known.body_id and body.organisation_id = any (p_organisations)
      and known.replaced_by is null;
end;
$$;
