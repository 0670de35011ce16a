/** Appends a group in one round trip. The function of migration 0005 does the work. */
export const APPEND_GROUP = {
  name: 'log.append_group',
  text: 'select * from log.append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
};

export const REGISTER_EVENT_TYPES = `
  insert into log.event_types (type, schema_version)
  select * from unnest($1::text[], $2::smallint[]) on conflict do nothing`;

export const EVENT_TYPES = 'select type, schema_version from log.event_types';
