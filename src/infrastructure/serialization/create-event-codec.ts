import type { z } from 'zod';
import {
  InvalidEventError,
  UserErasedError,
  UnknownEventError,
  type DecodedEvent,
  type EncodedEvent,
  type EventCodec,
  type StoredEvent,
} from '../../application/ports/event-codec.js';
import type { EventMetadata, NewEvent } from '../../application/ports/event-store.js';
import type { StreamId, UserId } from '../../domain/kernel/ids.js';
import type { UserKey } from '../security/user-key.js';
import type { EventShape } from './event-shape.js';
import { metadataSchema } from './schemas/metadata.js';
import {
  hasPersonal,
  isSealed,
  keyOwnerOf,
  ownerOf,
  seal,
  unseal,
  type KeyOwner,
  type UserKeySource,
  type Place,
} from './sealing.js';

const bytesOf = (content: object): Buffer => Buffer.from(JSON.stringify(content));

const parse = (type: string, stored: string): object => {
  let content: unknown;
  try {
    content = JSON.parse(stored);
  } catch (cause) {
    throw new InvalidEventError(`an event of type ${type} is stored as something that is no JSON`, { cause });
  }
  if (typeof content !== 'object' || content === null)
    throw new InvalidEventError(`an event of type ${type} is stored as something that is no object`);
  return content;
};

/** Lifts the content to its newest shape. */
const lifted = (type: string, { upcasters }: EventShape, schemaVersion: number, content: object): object => {
  try {
    return upcasters.slice(schemaVersion - 1).reduce((older, lift) => lift(older as never), content);
  } catch (cause) {
    throw new InvalidEventError(`version ${schemaVersion} of ${type} cannot be lifted to the newest`, { cause });
  }
};

/**
 * Answers what the schema takes, as an object of its own, with its fields in the schema's order: the same content is always
 * the same bytes, and these are decoded to the same content.
 */
const check = <Content extends object>(
  what: string,
  { schema }: { readonly schema: z.ZodType<Content> },
  content: object,
): Content => {
  const checked = schema.safeParse(content);
  if (!checked.success) throw new InvalidEventError(`${what} does not fit its schema`, { cause: checked.error });
  return checked.data;
};

interface CheckedMetadata {
  readonly content: EventMetadata;
  readonly bytes: Buffer;
}

/** The events of one command follow one another and share their metadata: it is checked, and its bytes are made, once. */
const createMetadataEncoder = () => {
  let latest: (CheckedMetadata & { readonly given: EventMetadata }) | undefined;
  return (given: EventMetadata): CheckedMetadata => {
    if (latest?.given !== given) {
      const content = check("an event's metadata", { schema: metadataSchema }, given);
      latest = { given, content, bytes: bytesOf(content) };
    }
    return latest;
  };
};

/** An event that was checked, or that was read, and whose key has still to be found. */
interface Piece<Owner extends KeyOwner = KeyOwner> {
  readonly place: Place;
  readonly shape: EventShape;
  readonly content: object;
  /** The owner of the key that it takes; undefined where nothing of it is sealed. */
  readonly owner: Owner | undefined;
}

type KeyOf = (owner: KeyOwner) => UserKey | null | undefined;

const ownersOf = <Owner extends KeyOwner>(pieces: readonly Piece<Owner>[]): Owner[] => [
  ...new Set(pieces.flatMap(({ owner }) => (owner === undefined ? [] : [owner]))),
];

/** As a rule every key is in memory, and nothing is waited for. Otherwise all are asked for. */
const keysFor = async <Owner extends KeyOwner>(
  pieces: readonly Piece<Owner>[],
  peek: KeyOf,
  askFor: (owners: readonly Owner[]) => Promise<ReadonlyMap<KeyOwner, UserKey | null>>,
): Promise<KeyOf> => {
  if (pieces.every(({ owner }) => owner === undefined || peek(owner) !== undefined)) return peek;
  const found = await askFor(ownersOf(pieces));
  return (owner) => found.get(owner);
};

const opened = ({ place, shape, content, owner }: Piece, keyOf: KeyOf): object => {
  if (!shape.personal || owner === undefined) return content;
  try {
    return unseal(content, shape.personal, keyOf(owner) ?? null, place);
  } catch (cause) {
    if (cause instanceof UnknownEventError) throw cause;
    throw new InvalidEventError(`what is sealed in an event of type ${place.type} does not open`, { cause });
  }
};

const sealed = ({ place, shape, content, owner }: Piece, keyOf: KeyOf): object => {
  if (!shape.personal || owner === undefined) return content;
  const key = keyOf(owner);
  if (!key) throw new UserErasedError('this user has been erased');
  return seal(content, shape.personal, key, place);
};

type ShapeOf = (type: string) => EventShape;

const newestOf = ({ upcasters }: EventShape): number => upcasters.length + 1;

const createEncoder = (shapeOf: ShapeOf, keys: UserKeySource): EventCodec['encode'] => {
  const encodeMetadata = createMetadataEncoder();
  const peek: KeyOf = (owner) => keys.peek(owner);
  const checked = (streamId: StreamId, { eventId, type, data }: NewEvent): Piece<UserId> => {
    const shape = shapeOf(type);
    const content = check(`an event of type ${type}`, shape, data);
    const owner = shape.personal && hasPersonal(content, shape.personal) ? ownerOf(content, shape.personal) : undefined;
    return { place: { streamId, eventId, type, schemaVersion: newestOf(shape) }, shape, content, owner };
  };
  return async (streams): Promise<EncodedEvent[]> => {
    const events = streams.flatMap((stream) => stream.events);
    const pieces = streams.flatMap((stream) => stream.events.map((event) => checked(stream.streamId, event)));
    const keyOf = await keysFor(pieces, peek, (owners) => keys.forWriting(owners));
    return pieces.map((piece, index) => {
      const metadata = encodeMetadata((events[index] as NewEvent).metadata);
      return {
        schemaVersion: piece.place.schemaVersion,
        data: bytesOf(sealed(piece, keyOf)),
        metadata: metadata.bytes,
        decoded: { data: piece.content, metadata: metadata.content },
      };
    });
  };
};

const createDecoder = (shapeOf: ShapeOf, keys: UserKeySource): EventCodec['decode'] => {
  const peek: KeyOf = (owner) => keys.peek(owner);
  const read = (place: StoredEvent): Piece => {
    const { type, schemaVersion, data } = place;
    const shape = shapeOf(type);
    if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > newestOf(shape))
      throw new UnknownEventError(`there is no version ${schemaVersion} of ${type}`);
    const content = parse(type, data);
    return {
      place,
      shape,
      content,
      owner: shape.personal && isSealed(content) ? keyOwnerOf(content, shape.personal) : undefined,
    };
  };
  return async (stored): Promise<DecodedEvent[]> => {
    const pieces = stored.map(read);
    const keyOf = await keysFor(pieces, peek, (owners) => keys.forReading(owners));
    return stored.map(({ type, schemaVersion, metadata }, index) => {
      const piece = pieces[index] as Piece;
      const data = lifted(type, piece.shape, schemaVersion, opened(piece, keyOf));
      const isErased = piece.owner !== undefined && !keyOf(piece.owner);
      return { data, metadata: parse(type, metadata) as EventMetadata, ...(isErased && { erased: true as const }) };
    });
  };
};

/**
 * Makes a codec of these events. Each is checked against its newest schema when it is stored, and lifted to it when it is read.
 * A `MessageSent` of 120 bytes with its metadata takes 7 µs to encode and 1 to decode. Sealing takes 18 more, opening 16, half
 * of that for making the cipher, its garbage included.
 */
export const createEventCodec = (shapes: Readonly<Record<string, EventShape>>, keys: UserKeySource): EventCodec => {
  const known = new Map(Object.entries(shapes));
  const shapeOf: ShapeOf = (type) => {
    const shape = known.get(type);
    if (!shape) throw new UnknownEventError(`there is no event of type ${type}`);
    return shape;
  };
  return {
    versions: new Map([...known].map(([type, shape]) => [type, newestOf(shape)])),
    encode: createEncoder(shapeOf, keys),
    decode: createDecoder(shapeOf, keys),
  };
};
