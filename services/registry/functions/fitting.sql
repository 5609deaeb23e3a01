-- One row if an organisation, as it stood on a date, is what is asked for; null asks for
-- anything. p_statuses may name NOT_YET_FOUNDED; p_sector may be a group of sectors; the
-- periods of founding and ending reach from one day until the day before the other.
create or replace function fitting(
    p_organisation uuid, p_on date, p_known timestamptz, p_type text, p_sector text,
    p_statuses text[], p_founded_from date, p_founded_until date,
    p_ended_from date, p_ended_until date) returns setof uuid
    language sql stable rows 1
begin atomic
    select founding.organisation_id
    from organisation_founding founding
    where founding.organisation_id = p_organisation
      and founding.recorded @> p_known
      and (p_founded_from is null or founding.founded_on >= p_founded_from)
      and (p_founded_until is null or founding.founded_on < p_founded_until)
      and (p_type is null
           or exists (select from organisation_type known
                      where known.organisation_id = p_organisation
                        and known.recorded @> p_known
                        and known.valid @> greatest(p_on, founding.founded_on)
                        and known.type = p_type))
      and (p_sector is null
           or exists (select from organisation_sector known
                      join sector_rule rule on rule.sector = known.sector
                      where known.organisation_id = p_organisation
                        and known.recorded @> p_known
                        and known.valid @> greatest(p_on, founding.founded_on)
                        and p_sector in (rule.sector, rule.group_of)))
      and (p_statuses is null
           or case when p_on < founding.founded_on then 'NOT_YET_FOUNDED'
                   else (select known.status from organisation_status known
                         where known.organisation_id = p_organisation
                           and known.recorded @> p_known and known.valid @> p_on)
              end = any(p_statuses))
      and ((p_ended_from is null and p_ended_until is null)
           or exists (select from organisation_ending ending
                      where ending.organisation_id = p_organisation
                        and ending.recorded @> p_known
                        and (p_ended_from is null or ending.ended_on >= p_ended_from)
                        and (p_ended_until is null or ending.ended_on < p_ended_until)));
end;
