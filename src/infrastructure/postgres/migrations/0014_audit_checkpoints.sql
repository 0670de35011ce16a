-- The signed heads of the tree: see docs/decisions/0055.

-- The name of the log. It stays as long as the log does: another one is another log to whoever kept a checkpoint.
create table audit.log (
  only_row boolean primary key default true check (only_row),
  origin   text not null,
  made_at  timestamptz not null default now()
);

-- The keys that sign; their seeds are in security.key_ring, wrapped, by the name audit-log-<number>.
create table audit.signing_keys (
  number     integer primary key,
  public_key bytea not null unique,
  -- It signs heads of this size and larger ones,
  from_size  bigint not null,
  -- up to this size; null while it is in use.
  until_size bigint,
  made_at    timestamptz not null default now()
);

create table audit.checkpoints (
  size      bigint primary key,
  root      bytea not null,
  -- What was signed, and the signatures of the log's own keys.
  note      text not null,
  signed_at timestamptz not null default now()
);
