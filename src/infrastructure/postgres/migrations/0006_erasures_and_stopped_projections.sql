-- How far the keys of erased users have been destroyed: every UserErased up to here is done, whatever a projection has parked.
create table security.erasures (
  only_row boolean primary key default true check (only_row),
  position bigint not null default 0
);
insert into security.erasures default values;

-- Projections that have stopped because going on would have written wrong rows. No node works on one until it is rebuilt,
-- or an operator lets it go on.
create table projections.stopped (
  projection text primary key,
  position   bigint not null,
  reason     text not null,
  stopped_at timestamptz not null default now()
);
