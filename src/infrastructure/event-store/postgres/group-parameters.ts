import type { ExpectedRevision } from '../../../application/ports/event-store.js';
import type { PreparedTouch } from '../prepared-append.js';
import type { PendingAppend } from './pending-append.js';

const EXPECTED_CODES = { 'no stream': -1, 'stream exists': -2, any: -3 } as const;

const expectedCode = (expected: ExpectedRevision): number =>
  typeof expected === 'number' ? expected : EXPECTED_CODES[expected];

/** The revision that was expected where another was found: never `any`. */
export const expectedOf = (code: number): ExpectedRevision => {
  if (code >= 0) return code;
  return code === EXPECTED_CODES['no stream'] ? 'no stream' : 'stream exists';
};

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;

/** The columns of a group, as the function takes them. Array literals are made here: the driver's own take twice as long. */
class GroupColumns {
  readonly touchAppend: number[] = [];
  readonly touchStream: string[] = [];
  readonly touchExpected: number[] = [];
  readonly touchCount: number[] = [];
  readonly append: number[] = [];
  readonly touch: number[] = [];
  readonly index: number[] = [];
  readonly stream: string[] = [];
  readonly id: string[] = [];
  readonly type: string[] = [];
  readonly version: number[] = [];
  readonly dataAt: number[] = [];
  readonly metadataAt: number[] = [];
  readonly end: number[] = [];
  readonly #payload: Buffer[] = [];
  #offset = 1;

  addTouch(append: number, { streamId, expected, events }: PreparedTouch): void {
    const stream = quoted(streamId);
    const touch = this.touchAppend.push(append);
    this.touchStream.push(stream);
    this.touchExpected.push(expectedCode(expected));
    this.touchCount.push(events.length);
    events.forEach(({ event, encoded }, index) => {
      this.append.push(append);
      this.touch.push(touch);
      this.index.push(index);
      this.stream.push(stream);
      this.id.push(event.eventId);
      this.type.push(quoted(event.type));
      this.version.push(encoded.schemaVersion);
      this.#addPayload(encoded.data, encoded.metadata);
    });
  }

  #addPayload(data: Buffer, metadata: Buffer): void {
    this.dataAt.push(this.#offset);
    this.metadataAt.push(this.#offset + data.length);
    this.#offset += data.length + metadata.length;
    this.end.push(this.#offset);
    this.#payload.push(data, metadata);
  }

  payload(): Buffer {
    return Buffer.concat(this.#payload, this.#offset - 1);
  }
}

const literal = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** Makes one array a column, and one binary parameter of all payloads, which the database cuts up by offsets (counted from 1). */
export const groupParameters = (group: readonly PendingAppend[]): unknown[] => {
  const columns = new GroupColumns();
  group.forEach(({ touches }, index) => {
    for (const touch of touches) columns.addTouch(index + 1, touch);
  });
  return [
    literal(columns.touchAppend),
    literal(columns.touchStream),
    literal(columns.touchExpected),
    literal(columns.touchCount),
    literal(columns.append),
    literal(columns.touch),
    literal(columns.index),
    literal(columns.stream),
    literal(columns.id),
    literal(columns.type),
    literal(columns.version),
    literal(columns.dataAt),
    literal(columns.metadataAt),
    literal(columns.end),
    columns.payload(),
  ];
};
