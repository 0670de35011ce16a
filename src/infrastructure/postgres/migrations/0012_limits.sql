-- What was counted for the limits that hold for all nodes together. Unlogged: writing it waits for no disk, and a crash of the
-- server empties it, after which every limit begins anew. The order of the columns is that of rate-limiter-flexible.
create unlogged table security.limits (
  -- The limit, and a keyed hash of the network or of the account that is counted: neither can be read from it.
  key    text    primary key,
  points integer not null,
  -- Milliseconds since the epoch.
  expire bigint  not null
) with (fillfactor = 50); -- Most updates only raise the points, and find room beside the row.
create index on security.limits (expire);
