-- In which ways an organisation differs between two trees; one row, of no kinds where it does
-- not. p_was and p_is say whether it stands in the first and in the second.
create or replace function differing(
    p_organisation uuid, p_was boolean, p_is boolean,
    p_from_on date, p_from_known timestamptz, p_to_on date, p_to_known timestamptz)
    returns setof text[]
    language sql stable rows 1
begin atomic
    select case
        when not p_was then array[case status_from.status when 'ENDED' then 'ENDING_CORRECTED'
                                  else case when status_from.status is null then 'FOUNDED'
                                            else 'MOVED_IN' end end]
        when not p_is then array[case status_to.status when 'ENDED' then 'ENDED'
                                 else case when status_to.status is null
                                           then 'FOUNDING_CORRECTED' else 'MOVED_OUT' end end]
        else array_remove(array[
            case when (select superior_id from organisation_parent known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select superior_id from organisation_parent known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'MOVED' end,
            case when (select row (name, short_name) from organisation_name known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select row (name, short_name) from organisation_name known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'RENAMED' end,
            case when (select code from organisation_code known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select code from organisation_code known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'CODE_CHANGED' end,
            case when (select type from organisation_type known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select type from organisation_type known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'TYPE_CHANGED' end,
            case when (select sector from organisation_sector known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select sector from organisation_sector known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'SECTOR_CHANGED' end,
            case when (select industry from organisation_industry known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_from_on and known.recorded @> p_from_known)
                      is distinct from
                      (select industry from organisation_industry known
                       where known.organisation_id = p_organisation
                         and known.valid @> p_to_on and known.recorded @> p_to_known)
                 then 'INDUSTRY_CHANGED' end,
            case when status_from.status is distinct from status_to.status
                 then 'STATUS_CHANGED' end
        ], null) end
    from (select (select status from organisation_status known
                  where known.organisation_id = p_organisation
                    and known.valid @> p_from_on and known.recorded @> p_from_known) as status
         ) status_from,
         (select (select status from organisation_status known
                  where known.organisation_id = p_organisation
                    and known.valid @> p_to_on and known.recorded @> p_to_known) as status
         ) status_to;
end;
