-- What the end user holds today: whether he administers the Confederation; and whether the role $1
-- has a permission that none of his roles gives him on $2.
with held as materialized (
    select distinct own.role, own.organisation_id
    from access.grant_held own
    where own.issuer = nullif(current_setting('congdoan.issuer', true), '')
      and own.subject = nullif(current_setting('congdoan.subject', true), '')
      and own.valid @> access.today()
), reaching as materialized (
    select distinct role from held
    where access.reached($2::uuid, array[held.organisation_id])
)
select exists (select from held
               join organisation_founding founding using (organisation_id)
               where held.role = 'ADMINISTRATOR' and upper_inf(founding.recorded)
                 and not exists (select from access.superior edge
                                 where edge.organisation_id = held.organisation_id))
           as "administers_all!",
       exists (select from access.role_permission given
               where given.role = $1
                 and not exists (select from reaching
                                 join access.role_permission own using (role)
                                 where own.permission = given.permission)) as "exceeds!"
