-- Whether an organisation, as it stood on a date, or as it will stand first, works in an industry.
create or replace function in_industry(p_organisation uuid, p_on date, p_known timestamptz, p_industry text)
    returns boolean
    language sql stable
begin atomic
    select exists (select from organisation_founding founding
                   join organisation_industry known
                     on known.organisation_id = founding.organisation_id
                   where founding.organisation_id = p_organisation
                     and founding.recorded @> p_known and known.recorded @> p_known
                     and known.valid @> greatest(p_on, founding.founded_on)
                     and known.industry = p_industry);
end;
