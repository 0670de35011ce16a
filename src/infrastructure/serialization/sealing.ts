import type { StoredEvent } from '../../application/ports/event-codec.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { KeyReference, UserKey } from '../security/user-key.js';

/** Which fields of an event are personal, and whose. */
export interface PersonalFields {
  /** The field that names the user. */
  readonly owner: string;
  /** Whether the user is sealed as well: a reference to their key stands in the event, which is gone with the key. */
  readonly hidesOwner?: true;
  /** The version from which on what is sealed opens in its own event alone; before, in any of its type. */
  readonly boundSince: number;
  /** Each field, with what stands in its place once the user has been erased. */
  readonly erased: Readonly<Record<string, unknown>>;
}

/** What a key is found by: the user, or the reference that stands for them. */
export type KeyOwner = UserId | KeyReference;

/** Where the keys of users come from. */
export interface UserKeySource {
  /** At once, where it is at hand: undefined where it has to be asked for. */
  peek(owner: KeyOwner): UserKey | null | undefined;
  /** Null for somebody who was erased; left out for somebody who never had a key, and for a reference that is gone. */
  forReading(owners: readonly KeyOwner[]): Promise<ReadonlyMap<KeyOwner, UserKey | null>>;
  /** Makes those that are missing. Raises `UserErasedError`. */
  forWriting(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, UserKey>>;
}

type Content = Readonly<Record<string, unknown>>;

/** In the stored event, all of its personal fields are this one. */
const SEALED = 'personal';
/** In the stored event, what the key is found by where its owner is sealed. */
const REFERENCE = 'key';

export const ownerOf = (content: object, { owner }: PersonalFields): UserId => (content as Content)[owner] as UserId;

/** What the key of a sealed event is found by. */
export const keyOwnerOf = (stored: object, fields: PersonalFields): KeyOwner =>
  fields.hidesOwner ? ((stored as Content)[REFERENCE] as KeyReference) : ownerOf(stored, fields);

/** Whether there is anything to hide: where every personal field is empty, the event is stored as it is. */
export const hasPersonal = (content: object, { erased }: PersonalFields): boolean =>
  Object.keys(erased).some((field) => ((content as Content)[field] ?? null) !== null);

/** Where an event stands. */
export type Place = Pick<StoredEvent, 'streamId' | 'eventId' | 'type' | 'schemaVersion'>;

/** What is sealed is bound to this: taken to another event, it does not open. */
const contextOf = ({ boundSince }: PersonalFields, { streamId, eventId, type, schemaVersion }: Place): string =>
  schemaVersion < boundSince ? type : `${type}\0${streamId}\0${eventId}`;

/** The event with its personal fields in one piece that only the user's key opens. */
export const seal = (content: object, fields: PersonalFields, key: UserKey, place: Place): object => {
  const personal: Record<string, unknown> = {};
  const stored: Record<string, unknown> = { ...content };
  for (const field of Object.keys(fields.erased)) {
    personal[field] = stored[field];
    stored[field] = undefined; // is not written
  }
  if (fields.hidesOwner) stored[REFERENCE] = key.reference;
  stored[SEALED] = key.seal(JSON.stringify(personal), contextOf(fields, place));
  return stored;
};

export const isSealed = (stored: object): boolean => Object.hasOwn(stored, SEALED);

/** The event as it was; without a key, as one of somebody who was erased. */
export const unseal = (stored: object, fields: PersonalFields, key: UserKey | null, place: Place): object => {
  const { [SEALED]: sealed, [REFERENCE]: _, ...open } = stored as Content;
  if (!key) return Object.assign(open, fields.erased);
  return Object.assign(open, JSON.parse(key.open(String(sealed), contextOf(fields, place))) as object);
};
