import { ERASED } from '../../../application/kernel/erased.js';
import type { EventMap } from '../../../domain/kernel/fact.js';
import type { PersonalFields } from '../sealing.js';

/** The personal fields of an event, and the field that names their user. */
interface Personal<Data> {
  readonly of: keyof Data & string;
  /** The version since which they are bound to their event. Where that is 3, version 1 was stored as it is. */
  readonly boundSince: number;
  readonly fields: readonly (keyof Data & string)[];
  /** Optional ones, which an event of an erased user does not have. */
  readonly leftOut?: readonly (keyof Data & string)[];
}

/** An event whose user is sealed as well: nobody can tell whose it was once they have been erased. */
interface Hidden<Data> {
  readonly hides: keyof Data & string;
  readonly boundSince: number;
}

type PersonalEvents<Events extends EventMap> = {
  readonly [Type in keyof Events]?: Personal<Events[Type]> | Hidden<Events[Type]>;
};

const sealed = (personal: Personal<object> | Hidden<object>): PersonalFields =>
  'hides' in personal
    ? { owner: personal.hides, hidesOwner: true, boundSince: personal.boundSince, erased: { [personal.hides]: null } }
    : {
        owner: personal.of,
        boundSince: personal.boundSince,
        erased: Object.fromEntries([
          ...personal.fields.map((field) => [field, ERASED] as const),
          ...(personal.leftOut ?? []).map((field) => [field, undefined] as const),
        ]),
      };

/** Describes what is sealed in the events of a feature. A field that an event does not have does not compile. */
export const personalIn = <Events extends EventMap>(events: PersonalEvents<Events>): Record<string, PersonalFields> =>
  Object.fromEntries(
    Object.entries<Personal<object> | Hidden<object>>(events as Record<string, Personal<object> | Hidden<object>>).map(
      ([type, personal]) => [type, sealed(personal)],
    ),
  );
