import type { z } from 'zod';
import type { AuditFilter } from '../../domain/audit/events.js';
import { auditFilterOf } from './audit-route.js';
import type { Route } from './route.js';

interface AskedCall {
  readonly call: string;
  readonly filter: AuditFilter;
}

/** Answers what a schema makes of the values; undefined where it does not take them. */
const parsed = (schema: z.ZodType | undefined, values: AuditFilter): object | undefined => {
  if (!schema) return Object.keys(values).length === 0 ? {} : undefined;
  const { data } = schema.safeParse(values);
  return data as object | undefined;
};

/**
 * Answers the filter of a call that another auditor is to approve, as the call itself will be recorded with it. It is null where no such
 * call needs an approval, or where it does not take these parameters: what would be kept could be any text then.
 */
export const askedFilter = (routes: readonly Route[], { call, filter }: AskedCall): AuditFilter | null => {
  const route = routes.find(
    ({ method, path, refusals }) =>
      refusals.includes('audit_approval_required') && `${method.toUpperCase()} ${path}` === call,
  );
  if (!route) return null;
  const names = new Set(Array.from(route.path.matchAll(/:(\w+)/g), ([, name]) => name));
  const given = (isWanted: (name: string) => boolean): AuditFilter =>
    Object.fromEntries(Object.entries(filter).filter(([name]) => isWanted(name)));
  const params = parsed(
    route.params,
    given((name) => names.has(name)),
  );
  const query = parsed(
    route.query,
    given((name) => !names.has(name)),
  );
  return params && query ? auditFilterOf(params, query) : null;
};
