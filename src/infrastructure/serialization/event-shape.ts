import type { z } from 'zod';
import type { PersonalFields } from './sealing.js';

/** Turns an event's data of one version into that of the next. */
type Upcaster = (data: never) => object;

/** How one type of event is stored: its newest schema, and what lifts the older versions, oldest first. */
export interface EventShape {
  readonly schema: z.ZodType<object>;
  /** The n-th lifts version n to n + 1, counted from 1; so the newest version is one more than their number. */
  readonly upcasters: readonly Upcaster[];
  /** The fields that are sealed with the key of a user. */
  readonly personal?: PersonalFields;
}

/** Describes how events are stored: by their schemas, their personal fields, and the versions that they have had. */
export const shapesOf = <Type extends string>(
  schemas: Readonly<Record<Type, z.ZodType<object>>>,
  personal: Readonly<Partial<Record<Type, PersonalFields>>>,
  history: Readonly<Partial<Record<Type, Pick<EventShape, 'upcasters'>>>>,
): Readonly<Record<Type, EventShape>> => {
  const shapeOf = (type: Type): EventShape => {
    const fields = personal[type];
    return { schema: schemas[type], upcasters: history[type]?.upcasters ?? [], ...(fields && { personal: fields }) };
  };
  const types = Object.keys(schemas) as Type[];
  return Object.fromEntries(types.map((type) => [type, shapeOf(type)])) as Record<Type, EventShape>;
};
