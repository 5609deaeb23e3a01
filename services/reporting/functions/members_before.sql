-- The members of a unit before a date: what came less what went.
create or replace function members_before(p_unit uuid, p_before date) returns bigint
    language sql stable
begin atomic
    select coalesce(sum(case when code in ('MBR_EXITED', 'MBR_TRANSFER_OUT') then -amount else amount end), 0)::bigint
    from (
        select m.code, m.amount from unit_month m
        where m.unit_id = p_unit
          and m.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED',
                         'MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT', 'MBR_EXITED')
          and m.month < date_trunc('month', p_before)::date
        union all
        select f.code, f.amount from fact f
        where f.unit_id = p_unit
          and f.code in ('MBR_ADMITTED', 'MBR_RECOGNISED', 'MBR_READMITTED',
                         'MBR_TRANSFER_IN', 'MBR_TRANSFER_OUT', 'MBR_EXITED')
          and f.on_date >= date_trunc('month', p_before)::date and f.on_date < p_before
    ) movement;
end;
