-- The trees of the logs that this one is a copy of: see docs/decisions/0055. The events are the same ones in the same order, so that a leaf has the
-- same number in all of them; positions, and data that names one, are those of each log.
create table audit.former_logs (
  -- Counted from 1, the oldest one first.
  number    integer primary key,
  origin    text not null,
  size      bigint not null,
  position  bigint not null,
  root      bytea not null,
  copied_at timestamptz not null default now()
);

create table audit.former_keys (
  log        integer not null references audit.former_logs,
  number     integer not null,
  public_key bytea not null,
  from_size  bigint not null,
  until_size bigint,
  made_at    timestamptz not null,
  primary key (log, number)
);

create table audit.former_checkpoints (
  log       integer not null references audit.former_logs,
  size      bigint not null,
  root      bytea not null,
  note      text not null,
  signed_at timestamptz not null,
  primary key (log, size)
);

create table audit.former_tiles (
  log    integer not null references audit.former_logs,
  level  smallint not null,
  index  bigint not null,
  hashes bytea not null,
  primary key (log, level, index)
);
alter table audit.former_tiles alter column hashes set storage external;

create table audit.former_leaves (
  log            integer not null references audit.former_logs,
  tile           bigint not null,
  first_position bigint not null,
  positions      bytea not null,
  primary key (log, tile)
);
