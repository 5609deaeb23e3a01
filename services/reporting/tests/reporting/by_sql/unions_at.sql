-- Grassroots unions that exist at the end of a day.
select u.line as "line!", count(*) as "amount!"
from unions_on($1, $2, $3, $4, $5, $6, $7, $8, $9) u
group by u.line
