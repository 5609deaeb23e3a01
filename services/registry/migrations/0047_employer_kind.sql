-- Kinds of employers, and where what ended counts on a day.

create table enterprise_type_rule
(
    enterprise_type text primary key,
    name_vi         text not null
);

alter table employer_survey
    -- Null where it was not stated.
    add column enterprise_type text references enterprise_type_rule;

alter table employer
    add constraint employer_tax_code_form check (tax_code ~ '^[0-9]{10}(-[0-9]{3})?$');

create index organisation_ending_heir
    on organisation_ending (coalesce(principal_successor_id, last_superior_id))
    where upper_inf(recorded);

-- What counts under an organisation on a day: all that lived at or below it, and what had
-- ended by then and is inherited by any of these, by principal successor or else by last
-- superior. What somebody surveyed or campaigned for does not end with her organisation.
create function inherited(p_root uuid, p_on date) returns setof uuid
    language sql stable rows 1000
begin atomic
    with recursive counted (organisation_id) as (
        select below.organisation_id
        from subtree(p_root, p_on, 'infinity') as below (organisation_id)
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
