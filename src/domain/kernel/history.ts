import type { EventMap } from './fact.js';

/** Turns the data of one version of an event into that of the next. */
type Upcaster = (older: never) => object;

/** The versions that an event has had, from the first one to `Newest`. */
interface Versions<Newest extends object> {
  /** The n-th lifts version n to version n + 1: there is one version more than there are of them. */
  readonly upcasters: readonly Upcaster[];
  /** Then came a version that a version before it is lifted to. */
  readonly lifted: <Next extends object>(lift: (older: Newest) => Next) => Versions<Next>;
  /** Then came a version with the same fields, which is stored in another way. */
  readonly storedAnew: () => Versions<Newest>;
}

const versions = <Newest extends object>(upcasters: readonly Upcaster[]): Versions<Newest> => ({
  upcasters,
  lifted: (lift) => versions([...upcasters, lift]),
  storedAnew: () => versions([...upcasters, (same: object) => same]),
});

/** The first version of an event. */
export const firstly = <First extends object>(): Versions<First> => versions([]);

/** The events that have had more than one version. The last version is the one that `events.ts` describes. */
export type History<Events extends EventMap> = { readonly [Type in keyof Events]?: Versions<Events[Type]> };
