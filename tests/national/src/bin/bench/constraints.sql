-- Every constraint of the tables $1.
select relation.relname::text as relation,
       held.conname::text as name,
       held.contype::text as kind,
       -- What an exclusion compares may be expressions, which only its index knows.
       case held.contype
           when 'x' then array(select pg_get_indexdef(held.conindid, n, true)
                               from generate_series(1, index.indnkeyatts::int) n order by n)
           else array(select quote_ident(attname)
                      from unnest(held.conkey) with ordinality as key (attnum, n)
                      join pg_attribute a on a.attrelid = held.conrelid and a.attnum = key.attnum
                      order by n)
       end as columns,
       array(select oprname::text from unnest(held.conexclop) with ordinality as key (oid, n)
             join pg_operator o on o.oid = key.oid order by n) as operators,
       pg_get_expr(index.indpred, index.indrelid) as predicate,
       pg_get_expr(held.conbin, held.conrelid) as expression,
       target.relname::text as target,
       array(select quote_ident(attname) from unnest(held.confkey) with ordinality as key (attnum, n)
             join pg_attribute a on a.attrelid = held.confrelid and a.attnum = key.attnum
             order by n) as target_columns
from pg_constraint held
join pg_class relation on relation.oid = held.conrelid
left join pg_index index on index.indexrelid = held.conindid and held.contype = 'x'
left join pg_class target on target.oid = held.confrelid
where relation.relname = any($1) and relation.relnamespace = 'public'::regnamespace
order by relation.relname, held.conname
