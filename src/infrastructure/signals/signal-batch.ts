import { isId } from '../../application/kernel/is-id.js';
import { MAX_SIGNAL_BYTES, SignalTooBigError, type NodeId } from '../../application/ports/signals.js';

/** The most bytes of a batch. PostgreSQL takes less than 8,000 in a notification. */
export const MAX_PAYLOAD_BYTES = 7_900;

/** A signal as it is sent: its topic and its content. */
export type Entry = readonly [topic: string, content: unknown];

/** Signals of one sender that are sent together. */
export interface Batch {
  readonly from: NodeId;
  /** The number of the batch among those of its sender: a gap shows that one was lost. */
  readonly number: number;
  readonly signals: readonly Entry[];
}

/** Writes one signal as JSON. Raises `SignalTooBigError`. */
export const entryText = (topic: string, content: object): string => {
  const text = JSON.stringify([topic, content] satisfies Entry);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SIGNAL_BYTES) throw new SignalTooBigError(topic, bytes);
  return text;
};

/** Writes a batch of signals that were written before. */
export const packBatch = (from: NodeId, number: number, entries: readonly string[]): string =>
  `{"from":${JSON.stringify(from)},"number":${number},"signals":[${entries.join(',')}]}`;

/** Puts as many signals into each payload as fit, in their order. */
export const packBatches = (from: NodeId, firstNumber: number, entries: readonly string[]): string[] => {
  const payloads: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const finish = () => {
    payloads.push(packBatch(from, firstNumber + payloads.length, texts));
    texts = [];
    bytes = 0;
  };
  const room = MAX_PAYLOAD_BYTES - Buffer.byteLength(packBatch(from, Number.MAX_SAFE_INTEGER, []));
  for (const entry of entries) {
    const size = Buffer.byteLength(entry) + 1;
    if (texts.length > 0 && bytes + size > room) finish();
    texts.push(entry);
    bytes += size;
  }
  if (texts.length > 0) finish();
  return payloads;
};

const isEntry = (value: unknown): value is Entry =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

const isBatch = ({ from, number, signals }: Partial<Record<keyof Batch, unknown>>): boolean =>
  isId(from) && isNumber(number) && Array.isArray(signals) && signals.every(isEntry);

/** Reads the batch in a payload; undefined when it holds none. Another program may have sent it. */
export const parseBatch = (payload: string): Batch | undefined => {
  if (payload.length > MAX_PAYLOAD_BYTES) return undefined;
  try {
    const content: unknown = JSON.parse(payload);
    return typeof content === 'object' && content !== null && isBatch(content) ? (content as Batch) : undefined;
  } catch {
    return undefined; // The payload is not ours: the caller says so.
  }
};
