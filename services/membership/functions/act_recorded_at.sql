-- When the act of this transaction is recorded: one instant for all that it writes. A program of
-- before acts did say so leaves it to the clock.
create or replace function act_recorded_at() returns timestamptz
    language sql stable
return coalesce(nullif(current_setting('congdoan.acted_at', true), '')::timestamptz,
                statement_timestamp());
