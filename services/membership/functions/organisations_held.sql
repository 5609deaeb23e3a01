-- Locks organisations against an end or a suspension, in the order of their ids, and answers what is
-- known of them then: what somebody who held them has left is seen. Of those in `p_anywhere` no right
-- is asked; whoever has none on another does not wait for it, and is not told of it.
create or replace function organisations_held(p_organisations uuid[], p_anywhere uuid[], p_on date)
    returns table (organisation_id uuid, never_existed boolean, founded_on date, ended_on date,
                   suspended_on date, registry_position bigint)
    language plpgsql volatile
as $body$
declare
    held uuid[];
begin
    select array_agg(locked.id) into held
    from (select organisation.organisation_id as id
          from organisation
          where organisation.organisation_id = any (p_organisations)
            and (organisation.organisation_id = any (p_anywhere)
                 or access.covers(organisation.organisation_id))
          order by organisation.organisation_id
          for key share) locked;
    -- A statement of its own: it sees what was committed while the first one waited.
    return query
    select known.organisation_id, known.never_existed, known.founded_on, known.ended_on,
           (select suspension.suspended_on from organisation_suspension suspension
            where suspension.organisation_id = known.organisation_id
              and suspension.suspended_on <= p_on
              and (suspension.resumed_on is null or suspension.resumed_on > p_on)
            limit 1),
           (select coalesce(max(follower.position), 0)
            from feed.follower where follower.source = 'registry')
    from organisation known
    where known.organisation_id = any (held);
end;
$body$;
