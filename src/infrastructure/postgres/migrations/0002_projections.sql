-- Where each projection stands, who works on it, and what it could not apply.
create schema projections;

create table projections.checkpoints (
  name        text primary key,
  version     integer not null,
  position    bigint not null default 0,
  -- Raised with each new holder of the lease: an old one's writes are refused by it.
  epoch       bigint not null default 0,
  holder      uuid,
  lease_until timestamptz
);

create table projections.parked (
  projection text not null,
  position   bigint not null,
  stream_id  text not null,
  event_id   uuid not null,
  type       text not null,
  reason     text not null,
  parked_at  timestamptz not null default now(),
  primary key (projection, position)
);
