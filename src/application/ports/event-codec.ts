import type { EventId, StreamId } from '../../domain/kernel/ids.js';
import type { EventMetadata, StreamAppend } from './event-store.js';

/** An event's content as it is stored: the exact bytes, never rewritten. */
export interface EncodedEvent {
  readonly schemaVersion: number;
  /** UTF-8 JSON; what is personal in it is sealed. */
  readonly data: Buffer;
  readonly metadata: Buffer;
  /** What these bytes are decoded to: a reader in this process is given it without decoding anything. */
  readonly decoded: DecodedEvent;
}

/** An event's content as it was stored, as JSON text, and its place: what is sealed opens in that place alone. */
export interface StoredEvent {
  readonly streamId: StreamId;
  readonly eventId: EventId;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string;
}

export interface DecodedEvent {
  readonly data: object;
  /** Set where what was personal is shown as erased. */
  readonly erased?: true;
  readonly metadata: EventMetadata;
}

/** Encodes and decodes events. Raises `UnknownEventError`, `InvalidEventError`, `KeyUnavailableError` and `UserErasedError`. */
export interface EventCodec {
  /**
   * Checks each event against its newest schema and seals what is personal, stream after stream, in one list. The same
   * event in the same stream is always the same bytes.
   */
  encode(streams: readonly Pick<StreamAppend, 'streamId' | 'events'>[]): Promise<EncodedEvent[]>;
  /** Lifts old versions to the newest shape. What an erased user said is shown as `erased`. */
  decode(stored: readonly StoredEvent[]): Promise<DecodedEvent[]>;
  /** Every type that this program can read, with its newest version. */
  readonly versions: ReadonlyMap<string, number>;
}

/** The log holds a type or version that this program does not know. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

/** An event does not fit its schema: this is a fault of this program. Nothing was written. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}

/**
 * The key that seals an event is wrapped by a master key that this node does not know: the same may succeed later, or on
 * another node.
 */
export class KeyUnavailableError extends Error {
  override readonly name = 'KeyUnavailableError';
}

/** An event holds personal data of a user who has been erased. Nothing was written. */
export class UserErasedError extends Error {
  override readonly name = 'UserErasedError';
}
