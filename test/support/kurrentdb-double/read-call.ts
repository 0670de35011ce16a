import { Metadata, status, type ServerWritableStream } from '@grpc/grpc-js';
import sharedPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import streamsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { DoubleLog, LogRecord } from './double-log.js';
import type { Refusal } from './faults.js';

export type ReadCall = ServerWritableStream<streamsPb.ReadReq, streamsPb.ReadResp>;
export type ReadOptions = streamsPb.ReadReq.Options;
type Passes = (record: LogRecord) => boolean;

/** A position was asked for at which no record begins: the server cannot read there. */
class NoSuchPositionError extends Error {}

/** Ends a read with an error. */
export const refuseRead = (call: ReadCall, refusal: Refusal): void => {
  call.emit('error', refusal);
};

const BACKWARDS = streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;

/** Makes of a record what the older protocol shows of it: its properties are JSON. */
const madeOf = ({ id, stream, type, isJson, data, properties, position, revision }: LogRecord) => {
  const recorded = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
    .setId(new sharedPb.UUID().setString(id))
    .setStreamIdentifier(new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream)))
    .setStreamRevision(String(revision))
    .setCommitPosition(String(position))
    .setPreparePosition(String(position))
    .setData(data)
    .setCustomMetadata(Buffer.from(JSON.stringify(isJson ? properties : { '$schema.format': 'Bytes', ...properties })));
  recorded.getMetadataMap().set('type', type);
  recorded.getMetadataMap().set('created', '17000000000000000');
  recorded.getMetadataMap().set('content-type', isJson ? 'application/json' : 'application/octet-stream');
  const event = new streamsPb.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(position));
  return new streamsPb.ReadResp().setEvent(event);
};

const events = new WeakMap<LogRecord, streamsPb.ReadResp>();
const encodings = new WeakMap<streamsPb.ReadResp, Buffer>();

/** Answers the event that readers are sent of a record. It is made once. */
export const eventOf = (record: LogRecord): streamsPb.ReadResp => {
  const event = events.get(record) ?? madeOf(record);
  events.set(record, event);
  return event;
};

/** Encodes an answer, once. */
export const encoded = (answer: streamsPb.ReadResp): Buffer => {
  const bytes = encodings.get(answer) ?? Buffer.from(answer.serializeBinary());
  encodings.set(answer, bytes);
  return bytes;
};

export const filterOf = (options: ReadOptions): Passes => {
  const filter = options.getFilter();
  const byStream = filter?.getStreamIdentifier();
  const expression = byStream ?? filter?.getEventType();
  if (!expression) return () => true;
  const textOf = ({ stream, type }: LogRecord) => (byStream ? stream : type);
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (record) => prefixes.some((prefix) => textOf(record).startsWith(prefix));
  const regex = new RegExp(expression.getRegex(), 'u');
  return (record) => regex.test(textOf(record));
};

/** The index of the record at the position that is asked for; undefined where none is. */
export const indexOf = (log: DoubleLog, options: ReadOptions): number | undefined => {
  const given = options.getAll()?.getPosition();
  if (!given) return undefined;
  const index = log.indexOf(BigInt(given.getCommitPosition()));
  if (index === undefined) throw new NoSuchPositionError(`no record begins at ${given.getCommitPosition()}`);
  return index;
};

/** Forwards, the record at the position is read; backwards, it is not. */
function* allOf({ records }: DoubleLog, from: number | undefined, isBackwards: boolean): Generator<LogRecord> {
  if (isBackwards) for (let n = (from ?? records.length) - 1; n >= 0; n -= 1) yield records[n] as LogRecord;
  else for (let n = from ?? 0; n < records.length; n += 1) yield records[n] as LogRecord;
}

function* passing(records: Iterable<LogRecord>, passes: Passes, most: number): Generator<LogRecord> {
  let left = most;
  for (const record of records) {
    if (!passes(record)) continue;
    yield record;
    left -= 1;
    if (left === 0) return;
  }
}

const streamRecords = (log: DoubleLog, name: string, options: ReadOptions): LogRecord[] => {
  const asked = options.getStream();
  const isBackwards = options.getReadDirection() === BACKWARDS;
  const from = asked?.hasRevision() ? Number(asked.getRevision()) : undefined;
  const found = log
    .streamOf(name)
    .filter(({ revision }) => from === undefined || (isBackwards ? revision <= from : revision >= from));
  return isBackwards ? found.toReversed() : [...found];
};

/** Gives the answers to a read. */
function* answersTo(log: DoubleLog, options: ReadOptions): Generator<streamsPb.ReadResp> {
  const most = Number(options.getCount());
  const identifier = options.getStream()?.getStreamIdentifier();
  if (!identifier) {
    const records = allOf(log, indexOf(log, options), options.getReadDirection() === BACKWARDS);
    for (const record of passing(records, filterOf(options), most)) yield eventOf(record);
  } else {
    const name = Buffer.from(identifier.getStreamName_asU8()).toString();
    if (log.streamOf(name).length === 0)
      yield new streamsPb.ReadResp().setStreamNotFound(
        new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(identifier),
      );
    for (const record of streamRecords(log, name, options).slice(0, most)) yield eventOf(record);
  }
}

/** Answers a read that ends. Answers how much it was sent. */
export const answerRead = (log: DoubleLog, call: ReadCall, options: ReadOptions): number => {
  try {
    const answers = [...answersTo(log, options)];
    for (const answer of answers) call.write(answer);
    call.end();
    return answers.length;
  } catch (error) {
    if (!(error instanceof NoSuchPositionError)) throw error;
    refuseRead(call, { code: status.UNKNOWN, details: error.message, metadata: new Metadata() });
    return 0;
  }
};
