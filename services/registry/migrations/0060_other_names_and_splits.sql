-- Other names are searched for in memory, as names are: what an act wrote is found by the act.
drop index organisation_alias_search;
drop index organisation_alias_act;
create index organisation_alias_act on organisation_alias (act_id);

-- What was split off an organisation may become its successor again: the organisation ends
-- once, and was there once to be founded from it.
drop index organisation_succession_known;
create unique index organisation_succession_known
    on organisation_succession (predecessor_id, successor_id, (kind = 'SPLIT_OFF'))
    where upper_inf(recorded);
