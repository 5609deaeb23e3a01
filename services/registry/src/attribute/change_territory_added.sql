-- From $3 on, as long as each is a commune and until $7 where that is known, the communes $2 belong to the territory of $1,
-- which alone of its type $4 has them, where that is not null. Recorded at $5 by the act $6.
insert into organisation_territory
    (organisation_id, commune, valid, exclusive_type, recorded, act_id)
select $1, commune, daterange($3, least(abolished_on, $7)), $4, tstzrange($5, null), $6
from commune_rule
where commune = any($2::text[]) and valid @> $3::date
