-- From when on what this transaction writes of the tree is known: from the instant of registry's act
-- that is being applied, or of an earlier one of its feed that is later (`tree_known`). A program of
-- before, which does not say so, leaves it to the clock.
create or replace function tree_recorded_at() returns timestamptz
    language sql stable
return coalesce(nullif(current_setting('congdoan.tree_recorded_at', true), '')::timestamptz,
                statement_timestamp());
