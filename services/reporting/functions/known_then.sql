-- Whether what was recorded at one instant and replaced at another was known at a third; now, if there is
-- none. What nobody says since when it is known is known for as long as anybody knows.
create or replace function known_then(p_recorded timestamptz, p_replaced timestamptz, p_known timestamptz)
    returns boolean
    language sql immutable
return coalesce(p_recorded <= p_known, true)
   and (p_replaced is null or coalesce(p_replaced > p_known, false));
