-- Every constraint of the tables $1, and what else keeps to the same: unique indexes, and the
-- triggers that look at whole statements.
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
union all
select relation.relname::text, alone.relname::text, 'u',
       array(select pg_get_indexdef(index.indexrelid, n, true)
             from generate_series(1, index.indnkeyatts::int) n order by n),
       '{}', pg_get_expr(index.indpred, index.indrelid), null, null, '{}'
from pg_index index
join pg_class relation on relation.oid = index.indrelid
join pg_class alone on alone.oid = index.indexrelid
where index.indisunique and relation.relname = any($1)
  and relation.relnamespace = 'public'::regnamespace
  and not exists (select from pg_constraint held where held.conindid = index.indexrelid)
union all
select relation.relname::text, trigger.tgname::text, 'x', '{organisation_id,valid}', '{=,&&}',
       'upper_inf(recorded)', null, null, '{}'
from pg_trigger trigger
join pg_class relation on relation.oid = trigger.tgrelid
where trigger.tgname = 'apart' and relation.relname = any($1)
union all
select relation.relname::text, trigger.tgname::text, 'f', array[quote_ident(attname)], '{}',
       null, null, 'organisation', '{organisation_id}'
from pg_trigger trigger
join pg_class relation on relation.oid = trigger.tgrelid
join pg_attribute a on a.attrelid = trigger.tgrelid and a.attnum = any(trigger.tgattr::int2[])
where trigger.tgname = 'organisations_stay' and relation.relname = any($1)
order by 1, 2
