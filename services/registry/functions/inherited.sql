-- What counts under an organisation on a day: all that lived at or below it, and what had
-- ended by then and is inherited by any of these, by principal successor or else by last
-- superior. What somebody surveyed or campaigned for does not end with her organisation.
--
-- What has ended counts nothing on a later day, asked about by itself: whoever continues it
-- does. A list of the employers without a union of an ended organisation named those that it
-- had surveyed last, which its heir's list names, and the figure counts there only.
create or replace function inherited(p_root uuid, p_on date) returns setof uuid
    language sql stable rows 1000
begin atomic
    with recursive counted (organisation_id) as (
        select below.organisation_id
        from living_subtree(p_root, p_on, 'infinity') as below (organisation_id)
        union
        select ending.organisation_id
        from counted
        join organisation_ending ending
            on coalesce(ending.principal_successor_id, ending.last_superior_id)
               = counted.organisation_id
        where ending.ended_on <= p_on and upper_inf(ending.recorded)
    )
    select organisation_id from counted;
end;
