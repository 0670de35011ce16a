import { UnknownEventError, type StoredEvent } from '../../application/ports/event-codec.js';
import { PIECE_VERSION } from '../../domain/audit/sealed-piece.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { KeyReference, UserKey } from '../security/user-key.js';

/** The personal fields of an event, and the field that names their user. */
export interface PersonalFields {
  /** The field that names the user. */
  readonly owner: string;
  /**
   * Says that the user is sealed as well: the event holds a reference to the user's key, which is gone with the key.
   */
  readonly hidesOwner?: true;
  /**
   * The version since which what is sealed in the first way opens in its own event alone. Before, it opens in any event of
   * its type. What is sealed in the second way always opens in its own event alone.
   */
  readonly boundSince: number;
  /** Each field, with the value that replaces it once the user has been erased; undefined where it is then left out. */
  readonly erased: Readonly<Record<string, unknown>>;
}

/** What a key is found by: the user, or the reference to their key. */
export type KeyOwner = UserId | KeyReference;

/** Finds the keys of users. */
export interface UserKeySource {
  /** Answers a key at once, where it is in memory; undefined where it has to be asked for. */
  peek(owner: KeyOwner): UserKey | null | undefined;
  /** Answers null for a user who was erased. A user who never had a key, and a reference that is gone, are left out. */
  forReading(owners: readonly KeyOwner[]): Promise<ReadonlyMap<KeyOwner, UserKey | null>>;
  /** Makes the keys that are missing. Raises `UserErasedError`. */
  forWriting(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, UserKey>>;
}

type Content = Readonly<Record<string, unknown>>;

/** The field of the stored event that holds all of its personal fields. */
const SEALED = 'personal';
/** The field of the stored event by which the key is found where its owner is sealed. */
const REFERENCE = 'key';

export const ownerOf = (content: object, { owner }: PersonalFields): UserId => (content as Content)[owner] as UserId;

/** Answers what the key of a sealed event is found by. */
export const keyOwnerOf = (stored: object, fields: PersonalFields): KeyOwner =>
  fields.hidesOwner ? ((stored as Content)[REFERENCE] as KeyReference) : ownerOf(stored, fields);

/** Says whether there is anything to seal. Where every personal field is empty, the event is stored as it is. */
export const hasPersonal = (content: object, { erased }: PersonalFields): boolean =>
  Object.keys(erased).some((field) => ((content as Content)[field] ?? null) !== null);

/** The place of an event. */
export type Place = Pick<StoredEvent, 'streamId' | 'eventId' | 'type' | 'schemaVersion'>;

/** Answers the context to which sealed content of the first version is bound: in another event it cannot be opened. */
const contextOf = ({ boundSince }: PersonalFields, { streamId, eventId, type, schemaVersion }: Place): string =>
  schemaVersion < boundSince ? type : `${type}\0${streamId}\0${eventId}`;

/** Puts the personal fields of an event into one piece that only the user's key opens. */
export const seal = (content: object, fields: PersonalFields, key: UserKey, place: Place): object => {
  const personal: Record<string, unknown> = {};
  const stored: Record<string, unknown> = { ...content };
  for (const field of Object.keys(fields.erased)) {
    personal[field] = stored[field];
    stored[field] = undefined; // is not written
  }
  if (fields.hidesOwner) stored[REFERENCE] = key.reference;
  stored[SEALED] = key.sealEvent(JSON.stringify(personal), place);
  return stored;
};

export const isSealed = (stored: object): boolean => Object.hasOwn(stored, SEALED);

const withoutUndefined = (content: Content): object =>
  Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));

/**
 * The version of sealing stands in the piece and not in the event's own version: how a type is sealed is none of its shape.
 * The first version has no full stop.
 */
const open = (piece: string, fields: PersonalFields, key: UserKey, place: Place): string => {
  if (piece.startsWith(PIECE_VERSION)) return key.openEvent(piece, place);
  if (piece.includes('.')) throw new UnknownEventError('a piece is sealed in a way that this program does not know');
  return key.open(piece, contextOf(fields, place));
};

/** Opens the personal fields of an event. Without a key, it answers an event of an erased user. */
export const unseal = (stored: object, fields: PersonalFields, key: UserKey | null, place: Place): object => {
  const { [SEALED]: sealed, [REFERENCE]: _, ...plain } = stored as Content;
  if (!key) return Object.assign(plain, withoutUndefined(fields.erased));
  return Object.assign(plain, JSON.parse(open(String(sealed), fields, key, place)) as object);
};

const opens = (key: UserKey, piece: string, place: Place): boolean => {
  try {
    key.openEvent(piece, place);
    return true;
  } catch {
    return false; // the piece or the key is damaged
  }
};

/**
 * Answers the key of a sealed event, which opens it alone; `old` where it was sealed with that of its user itself, and `unreadable` where
 * the key is damaged, or does not open it.
 */
export const discloseKey = (
  stored: object,
  key: UserKey | null,
  place: Place,
): Uint8Array | 'erased' | 'old' | 'unreadable' => {
  if (!key) return 'erased';
  const piece = String((stored as Content)[SEALED]);
  if (!piece.includes('.')) return 'old';
  return piece.startsWith(PIECE_VERSION) && opens(key, piece, place) ? key.eventKey(place) : 'unreadable';
};
