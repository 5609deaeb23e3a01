-- Every name, other name and code that was ever recorded, as it is searched for.
select organisation_id as "organisation_id!", search_key as "key!", false as "is_code!"
from organisation_name
union all
select organisation_id, search_key, false
from organisation_alias
union all
select organisation_id, fold(code), true
from organisation_code
