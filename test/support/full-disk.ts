/** Answers statements that make each update or delete of a row of a table fail as on a full disk. */
export const failOn = (event: 'update' | 'delete', table: string, when = 'true'): string => `
  create function public.fail() returns trigger language plpgsql as $$
    begin
      raise exception 'no room' using errcode = 'disk_full';
    end $$;
  create trigger fail before ${event} on ${table} for each row when (${when}) execute function public.fail()`;
