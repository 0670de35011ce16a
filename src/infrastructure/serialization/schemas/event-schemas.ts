import type { z } from 'zod';
import type { EventMap } from '../../../domain/kernel/fact.js';

/** One schema an event, each for exactly the payload that the domain declares. */
export type EventSchemas<Events extends EventMap> = { readonly [Type in keyof Events]: z.ZodType<Events[Type]> };
