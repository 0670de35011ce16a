-- What witnesses have seen of the log: see docs/decisions/0055.
create table audit.witnesses (
  name            text primary key,
  -- The size of the last head that it has cosigned, or said that it has.
  size            bigint not null default 0,
  cosigned_at     timestamptz,
  -- Why it does not sign any more: what it was shown is not the log that it knows.
  refused_because text,
  refused_at      timestamptz,
  -- Since when it gives no answer; null while it does.
  away_since      timestamptz
);
