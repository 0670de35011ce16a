import type { EventMetadata, NewEvent } from './event-store.js';

/** An event's content as it is stored: the exact bytes, never rewritten. */
export interface EncodedEvent {
  readonly schemaVersion: number;
  /** UTF-8 JSON. */
  readonly data: Buffer;
  readonly metadata: Buffer;
}

interface DecodedEvent {
  readonly data: object;
  readonly metadata: EventMetadata;
}

/** Between events and their stored bytes. Raises `UnknownEventError` and `InvalidEventError`. */
export interface EventCodec {
  /** Checks the event against its newest schema. */
  encode(event: NewEvent): EncodedEvent;
  /** From the JSON text that was stored; lifts old versions to the newest shape. */
  decode(type: string, schemaVersion: number, data: string, metadata: string): DecodedEvent;
  /** Every type with its newest version: what this program can read. */
  readonly versions: ReadonlyMap<string, number>;
}

/** The log holds a type or version that this program does not know. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

/** An event does not fit its schema: a fault of this program, nothing was written. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}
