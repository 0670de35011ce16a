import { MAX_SIGNAL_BYTES, SignalTooBigError, type NodeId } from '../../application/ports/signals.js';

/** PostgreSQL takes less than 8,000 bytes in a notification. */
const MAX_PAYLOAD_BYTES = 7_900;

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

/** Puts as many signals into each payload as fit, in their order. */
export const packBatches = (from: NodeId, firstNumber: number, entries: readonly string[]): string[] => {
  const payloads: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const finish = () => {
    const head = `{"from":${JSON.stringify(from)},"number":${firstNumber + payloads.length},"signals":[`;
    payloads.push(`${head}${texts.join(',')}]}`);
    texts = [];
    bytes = 0;
  };
  const room = MAX_PAYLOAD_BYTES - Buffer.byteLength(`{"from":${JSON.stringify(from)},"number":,"signals":[]}`) - 16;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry) + 1;
    if (texts.length > 0 && bytes + size > room) finish();
    texts.push(entry);
    bytes += size;
  }
  if (texts.length > 0) finish();
  return payloads;
};

const isEntry = (value: unknown): value is Entry => Array.isArray(value) && typeof value[0] === 'string';

/** Reads the batch in a payload; undefined when it holds none. */
export const parseBatch = (payload: string): Batch | undefined => {
  try {
    const { from, number, signals } = JSON.parse(payload) as Partial<Batch>;
    const isBatch = typeof from === 'string' && typeof number === 'number' && Array.isArray(signals);
    return isBatch && signals.every(isEntry) ? { from, number, signals } : undefined;
  } catch {
    return undefined; // The notification is not ours: the caller says so.
  }
};
