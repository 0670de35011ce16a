/** A record as it is appended. */
export interface NewRecord {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly properties: Readonly<Record<string, string>>;
}

/** A record in the log: it begins at its position, and the next one at `end` or later. */
export interface LogRecord extends NewRecord {
  readonly position: bigint;
  readonly end: bigint;
  readonly revision: number;
}

export interface Check {
  readonly stream: string;
  /** A revision, or one of the constants below. */
  readonly expected: number;
}

const ANY = -2;
const STREAM_EXISTS = -4;

export interface Violation extends Check {
  readonly checkIndex: number;
  readonly actual: number;
}

/**
 * What the server makes of an append. `confused` is what it makes of a batch that is there in part, or that was repeated
 * together with a check of a stream that it does not write to: it answers that an expected version was wrong, and none.
 */
export type Outcome =
  | {
      readonly kind: 'appended' | 'repeated';
      readonly position: bigint;
      readonly revisions: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'violated'; readonly violations: readonly Violation[] }
  | { readonly kind: 'confused' };

type Judgement = 'ok' | 'failed' | 'repeated' | 'corrupted';

/** The first record stands here: no reader may count on what a position is. */
const FIRST_POSITION = 1_093n;
const RECORD_BYTES = 137;
/** One system event follows on each so many records. */
const SYSTEM_EVENT_EVERY = 5;
const SYSTEM_ID = '00000000-0000-4000-8000-';

/**
 * The log of the double: checks and idempotency are those of the server (`IndexWriter.CheckCommit` and
 * `StorageWriterService.VerifyCommitChecks` of KurrentDB), which compares ids, and neither contents nor types. Events of the
 * system stand between the others.
 */
export class DoubleLog {
  readonly records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #byId = new Map<string, LogRecord>();
  readonly #indexes = new Map<bigint, number>();
  #end = FIRST_POSITION;
  #systemEvents = 0;

  constructor() {
    this.#writeSystemEvent();
  }

  /** Answers the index of the record that begins at a position; of none, where the log ends. Undefined elsewhere. */
  indexOf(position: bigint): number | undefined {
    return position === this.#end ? this.records.length : this.#indexes.get(position);
  }

  streamOf(name: string): readonly LogRecord[] {
    return this.#streams.get(name) ?? [];
  }

  append(records: readonly NewRecord[], given: readonly Check[]): Outcome {
    const checks = [...given];
    for (const { stream } of records)
      if (!checks.some((check) => check.stream === stream)) checks.push({ stream, expected: ANY });
    const judged = checks.map((check) => this.#judge(check, records));
    if (judged.includes('corrupted')) return { kind: 'confused' };
    if (judged.every((each) => each === 'ok')) return this.#write(records);
    if (judged.every((each) => each === 'repeated')) return this.#repeated(records);
    if (judged.includes('repeated')) return { kind: 'confused' };
    const violations = checks.flatMap((check, checkIndex) =>
      judged[checkIndex] === 'failed' ? [{ ...check, checkIndex, actual: this.#lastOf(check.stream) }] : [],
    );
    return { kind: 'violated', violations };
  }

  #lastOf(stream: string): number {
    return this.streamOf(stream).length - 1;
  }

  #judge({ stream, expected }: Check, records: readonly NewRecord[]): Judgement {
    const last = this.#lastOf(stream);
    const ids = records.filter((record) => record.stream === stream).map(({ id }) => id);
    if (expected === STREAM_EXISTS && last < 0) return 'failed';
    if (expected === ANY || expected === STREAM_EXISTS)
      return this.#judgeIds(ids, (id) => this.#byId.get(id)?.stream === stream, 'ok');
    if (expected >= last) return expected === last ? 'ok' : 'failed';
    return this.#judgeIds(ids, (id, n) => this.streamOf(stream)[expected + 1 + n]?.id === id, 'failed');
  }

  #judgeIds(ids: readonly string[], isThere: (id: string, n: number) => boolean, otherwise: Judgement): Judgement {
    const missing = ids.findIndex((id, n) => !isThere(id, n));
    if (ids.length === 0 || missing === 0) return otherwise;
    return missing < 0 ? 'repeated' : 'corrupted';
  }

  #repeated(records: readonly NewRecord[]): Outcome {
    const known = records.map(({ id }) => this.#byId.get(id) as LogRecord);
    const position = known.reduce((last, each) => (each.position > last ? each.position : last), 0n);
    return { kind: 'repeated', position, revisions: new Map(known.map(({ stream, revision }) => [stream, revision])) };
  }

  #write(records: readonly NewRecord[]): Outcome {
    const written = records.map((record) => this.#put(record));
    if (this.records.length / SYSTEM_EVENT_EVERY > this.#systemEvents) this.#writeSystemEvent();
    return {
      kind: 'appended',
      position: (written.at(-1) as LogRecord).position,
      revisions: new Map(written.map(({ stream, revision }) => [stream, revision])),
    };
  }

  #put(record: NewRecord): LogRecord {
    const stream = this.#streams.get(record.stream) ?? [];
    const end = this.#end + BigInt(RECORD_BYTES + record.data.length);
    const stored = { ...record, position: this.#end, end, revision: stream.length };
    this.#streams.set(record.stream, stream);
    stream.push(stored);
    this.#indexes.set(stored.position, this.records.length);
    this.records.push(stored);
    this.#byId.set(record.id, stored);
    this.#end = end;
    return stored;
  }

  #writeSystemEvent(): void {
    this.#systemEvents += 1;
    this.#put({
      id: SYSTEM_ID + String(this.#systemEvents).padStart(12, '0'),
      stream: '$stats-double',
      type: '$statsCollected',
      isJson: true,
      data: Buffer.from('{"by":"the double"}'),
      properties: {},
    });
  }
}
