import type { z } from 'zod';
import type { PersonalFields } from './sealing.js';

/** Turns an event's data of one version into that of the next. */
type Upcaster = (data: never) => object;

/** How one type of event is stored: its newest schema, and what lifts the older versions, oldest first. */
export interface EventShape {
  readonly schema: z.ZodType<object>;
  /** The n-th lifts version n + 1 to n + 2; so the newest version is one more than their number. */
  readonly upcasters: readonly Upcaster[];
  /** What of it is sealed with the key of a person. */
  readonly personal?: PersonalFields;
}

/** Has the same fields as the version before. */
const unchanged: Upcaster = (data: object) => data;

/** Events whose fields have never changed, some of them sealed: a version that is only sealed otherwise looks as before. */
export const unchangedShapes = (
  schemas: Readonly<Record<string, z.ZodType<object>>>,
  personal: Readonly<Record<string, PersonalFields | undefined>>,
): Record<string, EventShape> =>
  Object.fromEntries(
    Object.entries(schemas).map(([type, schema]): [string, EventShape] => {
      const fields = personal[type];
      if (!fields) return [type, { schema, upcasters: [] }];
      const upcasters = Array.from({ length: fields.boundSince - 1 }, () => unchanged);
      return [type, { schema, upcasters, personal: fields }];
    }),
  );
