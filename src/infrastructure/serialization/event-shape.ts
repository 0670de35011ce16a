import type { z } from 'zod';
import type { PersonalFields } from './sealing.js';

/** Turns an event's data of one version into that of the next. */
type Upcaster = (data: never) => object;

/** How one type of event is stored: its newest schema, and what lifts the older versions, oldest first. */
export interface EventShape {
  readonly schema: z.ZodType<object>;
  /** The n-th lifts version n + 1 to n + 2; so the newest version is one more than their number. */
  readonly upcasters: readonly Upcaster[];
  /** What of it is sealed with the key of a user. */
  readonly personal?: PersonalFields;
}

/** Has the same fields as the version before. */
const unchanged: Upcaster = (data: object) => data;

/**
 * How events are stored: a version that is only sealed otherwise looks as before, and needs no upcaster of its own.
 */
export const shapesOf = (
  schemas: Readonly<Record<string, z.ZodType<object>>>,
  personal: Readonly<Record<string, PersonalFields | undefined>>,
  changed: Readonly<Record<string, readonly Upcaster[] | undefined>>,
): Record<string, EventShape> =>
  Object.fromEntries(
    Object.entries(schemas).map(([type, schema]): [string, EventShape] => {
      const fields = personal[type];
      const versions = fields?.boundSince ?? 1;
      const upcasters = changed[type] ?? Array.from({ length: versions - 1 }, () => unchanged);
      return [type, { schema, upcasters, ...(fields && { personal: fields }) }];
    }),
  );
