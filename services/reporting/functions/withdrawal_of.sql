-- By what a revision of a target holds no more, as it was known at an instant (now, if there is none).
create or replace function withdrawal_of(p_target uuid, p_revision integer, p_known_at timestamptz)
    returns table (withdrawn_on date, reason text, decision_id uuid, recorded_at timestamptz)
    language sql stable rows 1
begin atomic
    select w.withdrawn_on, w.reason, w.decision_id, w.recorded_at
    from target_withdrawal w
    where w.target_id = p_target and w.revision >= p_revision
      and (p_known_at is null or w.recorded_at <= p_known_at)
    order by w.revision
    limit 1;
end;
