-- Who asked for an operation, as a trace: each attempt is a trace of its own that links to it.
-- Empty of what was asked for before, or without a trace.
alter table operation add column traceparent text not null default '';
