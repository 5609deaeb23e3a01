-- Every table of dated beliefs: the column that names the organisation that a belief is
-- about (null where none does), and the columns that make it up.
create or replace function dated_relations() returns table (relation regclass, about text, belief text)
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
