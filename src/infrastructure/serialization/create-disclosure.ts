import type { StoredEvent } from '../../application/ports/event-codec.js';
import type { Disclosed, Disclosure } from '../../application/ports/disclosure.js';
import type { EventShape } from './event-shape.js';
import { discloseKey, isSealed, keyOwnerOf, type KeyOwner, type UserKeySource } from './sealing.js';

/** What serves to check a secret is no one's to read: whoever has it can try passwords. */
const SECRETS = ['passwordHash', 'tokenHash'];

interface Sealed {
  readonly event: StoredEvent;
  readonly content: object;
  readonly owner: KeyOwner;
}

/** Answers what is stored, where it is an object of JSON. */
const contentOf = ({ data }: StoredEvent): object | undefined => {
  try {
    const content: unknown = JSON.parse(data);
    return typeof content === 'object' && content !== null && !Array.isArray(content) ? content : undefined;
  } catch {
    return undefined; // it is shown as it is stored
  }
};

/** Discloses the keys of single events. */
export const createDisclosure = (
  shapes: Readonly<Record<string, EventShape>>,
  keys: Pick<UserKeySource, 'forReading'>,
): Disclosure => {
  const sealedIn = (event: StoredEvent): Sealed | Disclosed => {
    const content = contentOf(event);
    if (!content) return 'unreadable';
    if (!isSealed(content)) return undefined;
    const personal = shapes[event.type]?.personal;
    if (!personal) return 'unreadable';
    if (SECRETS.some((field) => Object.hasOwn(personal.erased, field))) return 'withheld';
    return { event, content, owner: keyOwnerOf(content, personal) };
  };
  const isOwned = (found: Sealed | Disclosed): found is Sealed => typeof found === 'object' && 'owner' in found;

  return {
    disclose: async (events) => {
      const found = events.map(sealedIn);
      const userKeys = await keys.forReading([...new Set(found.filter(isOwned).map(({ owner }) => owner))]);
      return found.map((each) =>
        isOwned(each) ? discloseKey(each.content, userKeys.get(each.owner) ?? null, each.event) : each,
      );
    },
  };
};
