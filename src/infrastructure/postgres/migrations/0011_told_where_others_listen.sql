-- The sessions that listen, so that nobody is notified where nobody else listens: a notification wakes every session of the
-- database that listens to anything, and their programs. Unlogged: a crash of the server ends all sessions, and empties it.
create unlogged table log.listeners (
  channel text not null,
  pid     integer not null,
  -- The program whose session it is. It need not be told of what it appends or projects itself.
  owner   text not null,
  primary key (channel, pid)
);

-- Notifies those who listen to a channel, where they are of other programs than the caller, which names its own by a setting.
create function log.tell_others(channel text, payload text) returns void language plpgsql as $$
begin
  if exists (select from log.listeners l
              where l.channel = tell_others.channel
                and l.owner is distinct from current_setting('chatapp.owner', true)) then
    perform pg_notify(channel, payload);
  end if;
end $$;

-- Replaces the function of migration 0005, which notified always.

-- Appends a group of batches in one transaction, each judged for itself.
-- When everything fits, in one statement: one row with append null, the head before it, and for each touch the revision that it found.
-- Otherwise a row a batch.
create or replace function log.append_group(
  t_append integer[], t_stream text[], t_expected integer[], t_count integer[],
  e_append integer[], e_touch integer[], e_index integer[], e_stream text[], e_id uuid[], e_type text[], e_version smallint[],
  e_data_at integer[], e_metadata_at integer[], e_end integer[], payload bytea
) returns table (
  append integer, status text, last_position bigint, stream_id text, expected integer, actual integer, event_id uuid,
  seen integer[]
) language plpgsql as $$
#variable_conflict use_column
declare
  head bigint;
  misfits text[];
  wider text[];
  alone integer[];
  number integer;
begin
  -- Nobody else may take positions until this transaction ends. An advisory lock, not a row that each append updates:
  -- dead versions of such a row would pile up behind any long transaction in the cluster.
  perform pg_advisory_xact_lock(7226427);
  select coalesce(max(position), 0) into head from log.events;

  -- What each touch finds when everything before it in the group has been appended.
  select array_agg(t.seen order by t.ordinal), array_agg(distinct t.stream_id) filter (where not log.fits(t.expected, t.seen))
    into seen, misfits
    from (select touch.ordinal, touch.stream_id, touch.expected,
                 (coalesce(stored.revision, -1) + coalesce(sum(touch.count) over (
                    partition by touch.stream_id order by touch.ordinal rows between unbounded preceding and 1 preceding), 0))::integer as seen
            from unnest(t_stream, t_expected, t_count) with ordinality as touch (stream_id, expected, count, ordinal)
            left join lateral (select e.revision from log.events e where e.stream_id = touch.stream_id
                                order by e.revision desc limit 1) stored on true) t;
  -- Streams of events that are here already, as the repeat names them.
  select coalesce(misfits, '{}') || coalesce(array_agg(distinct e.stream_id), '{}') into misfits
    from unnest(e_stream, e_id) as e (stream_id, id)
   where exists (select from log.events stored where stored.event_id = e.id);

  -- Two batches of one group with the same event id: the second is judged alone, when the first is in the table.
  if cardinality(e_id) > 1 then
    select misfits || coalesce(array_agg(distinct twin.stream_id), '{}') into misfits
      from (select e.stream_id, count(*) over (partition by e.id) as times from unnest(e_stream, e_id) as e (stream_id, id)) twin
     where twin.times > 1;
  end if;

  if misfits = '{}' then
    insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
    select head + e.ordinal, e.stream_id, seen[e.touch] + 1 + e.index, e.id, e.type, e.version,
           substring(payload from e.data_at for e.metadata_at - e.data_at),
           substring(payload from e.metadata_at for e.end_at - e.metadata_at)
      from unnest(e_touch, e_index, e_stream, e_id, e_type, e_version, e_data_at, e_metadata_at, e_end) with ordinality
           as e (touch, index, stream_id, id, type, version, data_at, metadata_at, end_at, ordinal);
    perform log.tell_others('chatapp_log', '');
    status := 'appended';
    last_position := head;
    return next;
    return;
  end if;

  -- The batches that have to do with a stream where something does not fit, through every stream that is written here.
  loop
    select array_agg(distinct t.append) into alone
      from unnest(t_append, t_stream) as t (append, stream_id) where t.stream_id = any (misfits);
    select array_agg(distinct t.stream_id) into wider
      from unnest(t_append, t_stream) as t (append, stream_id)
     where t.append = any (alone)
       and (t.stream_id = any (misfits) or exists (
         select from unnest(t_stream, t_count) as written (stream_id, count)
          where written.stream_id = t.stream_id and written.count > 0));
    exit when wider <@ misfits;
    misfits := wider;
  end loop;

  insert into log.events (position, stream_id, revision, event_id, type, schema_version, data, metadata)
  select head + row_number() over (order by e.ordinal), e.stream_id, seen[e.touch] + 1 + e.index, e.id, e.type, e.version,
         substring(payload from e.data_at for e.metadata_at - e.data_at),
         substring(payload from e.metadata_at for e.end_at - e.metadata_at)
    from unnest(e_append, e_touch, e_index, e_stream, e_id, e_type, e_version, e_data_at, e_metadata_at, e_end) with ordinality
         as e (append, touch, index, stream_id, id, type, version, data_at, metadata_at, end_at, ordinal)
   where e.append <> all (alone);
  return query
    select e.append, 'appended', head + max(e.rank), null::text, null::integer, null::integer, null::uuid, null::integer[]
      from (select ev.append, row_number() over (order by ev.ordinal) as rank
              from unnest(e_append) with ordinality as ev (append, ordinal)
             where ev.append <> all (alone)) e
     group by e.append;

  foreach number in array (select array_agg(a order by a) from unnest(alone) a) loop
    append := number;
    seen := null;
    select one.status, one.last_position, one.stream_id, one.expected, one.actual, one.event_id
      into status, last_position, stream_id, expected, actual, event_id
      from log.append_one(number, t_append, t_stream, t_expected, t_count,
        e_append, e_touch, e_index, e_stream, e_id, e_type, e_version, e_data_at, e_metadata_at, e_end, payload) one;
    return next;
  end loop;
  perform log.tell_others('chatapp_log', '');
end $$;
