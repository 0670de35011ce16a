import type { z } from 'zod';

/** Turns an event's data of one version into that of the next. */
type Upcaster = (data: never) => object;

/** How one type of event is stored: its newest schema, and what lifts the older versions, oldest first. */
export interface EventShape {
  readonly schema: z.ZodType<object>;
  /** The n-th lifts version n + 1 to n + 2; so the newest version is one more than their number. */
  readonly upcasters: readonly Upcaster[];
}

/** Events that have had one version only. */
export const firstVersions = (schemas: Readonly<Record<string, z.ZodType<object>>>): Record<string, EventShape> =>
  Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema, upcasters: [] }]));
