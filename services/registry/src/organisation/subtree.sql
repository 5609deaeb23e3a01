-- A page of the organisation $1 and everything below it on $2, as known at $3 (null for
-- now), in the order of the tree. $4 says that the caller covers all of it: it is today's
-- tree, or the caller's is the whole country; else each organisation is asked for itself.
-- The page begins after the organisation $6 below the superior at the end of the path $5;
-- $7 rows at most. $8 says that there is something to be asked: the type $9, the sector or
-- group $10, the statuses $11, founded from $12 until $13, ended from $14 until $15, the
-- industry $16.
select organisation_id as "organisation_id!", path as "path!"
from subtree_fitting($1, $2, coalesce($3::timestamptz, 'infinity'), $4, $5, $6, $7,
                  $8, $9, $10, $11, $12, $13, $14, $15, $16)
