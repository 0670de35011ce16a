import type { z } from 'zod';
import type { EventMap } from '../../../domain/kernel/fact.js';

/** One schema an event. */
type EventSchemas<Events extends EventMap> = { readonly [Type in keyof Events]: z.ZodType<Events[Type]> };

/** The schema must take whatever the domain may record: a value that it leaves out would fail only when it first occurs. */
type Complete<Events extends EventMap, Schemas extends EventSchemas<Events>> = {
  readonly [Type in keyof Events]: Events[Type] extends z.output<Schemas[Type]> ? unknown : never;
};

/** Makes schemas for exactly the payloads that the domain declares: more, less or other does not compile. */
export const schemasOf =
  <Events extends EventMap>() =>
  <Schemas extends EventSchemas<Events>>(schemas: Schemas & Complete<Events, Schemas>): Schemas =>
    schemas;
