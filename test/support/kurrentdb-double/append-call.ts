import { Metadata, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import errorsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/errors_pb.js';
import streamsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js';
import type { Check, DoubleLog, NewRecord, Outcome, Violation } from './double-log.js';
import { detailed, refusalOf, type AppendFault, type Faults, type Refusal } from './faults.js';

export type AppendCall = ServerUnaryCall<streamsPb.AppendRecordsRequest, streamsPb.AppendRecordsResponse>;
export type RespondToAppend = sendUnaryData<streamsPb.AppendRecordsResponse>;

const recordsOf = ({ request }: AppendCall): NewRecord[] =>
  request
    .getRecordsList()
    .map((record) => ({
      id: record.getRecordId() ?? '',
      stream: record.getStream(),
      type: record.getSchema()?.getName() ?? '',
      isJson: record.getSchema()?.getFormat() === streamsPb.SchemaFormat.SCHEMA_FORMAT_JSON,
      data: record.getData_asU8(),
      properties: Object.fromEntries(
        [...record.getPropertiesMap().entries()].map(([name, value]) => [name, value.getStringValue()]),
      ),
    }));

const checksOf = ({ request }: AppendCall): Check[] =>
  request.getChecksList().flatMap((check) => {
    const state = check.getStreamState();
    return state ? [{ stream: state.getStream(), expected: Number(state.getExpectedState()) }] : [];
  });

const violationOf = ({ checkIndex, stream, expected, actual }: Violation): errorsPb.ConsistencyViolation =>
  new errorsPb.ConsistencyViolation()
    .setCheckIndex(checkIndex)
    .setStreamState(
      new errorsPb.ConsistencyViolation.StreamStateViolation()
        .setStream(stream)
        .setExpectedState(String(expected))
        .setActualState(String(actual)),
    );

const consistencyViolation = (violations: readonly Violation[]): Refusal => {
  const details = new errorsPb.AppendConsistencyViolationErrorDetails().setViolationsList(violations.map(violationOf));
  return detailed(status.FAILED_PRECONDITION, 'the consistency checks failed', {
    type: 'kurrentdb.protocol.v2.streams.errors.AppendConsistencyViolationErrorDetails',
    bytes: details.serializeBinary(),
  });
};

/** The server takes as much by default in one append, properties included. */
const MOST_BYTES = 1_048_576;

const sizeOf = ({ data, type, properties }: NewRecord): number =>
  data.length + 2 * type.length + JSON.stringify(properties).length;

const tooLarge = (size: number): Refusal => {
  const details = new errorsPb.AppendTransactionSizeExceededErrorDetails().setSize(size).setMaxSize(MOST_BYTES);
  return detailed(status.ABORTED, 'the transaction is too large', {
    type: 'kurrentdb.protocol.v2.streams.errors.AppendTransactionSizeExceededErrorDetails',
    bytes: details.serializeBinary(),
  });
};

const acknowledgement = (outcome: Extract<Outcome, { readonly position: bigint }>): streamsPb.AppendRecordsResponse =>
  new streamsPb.AppendRecordsResponse()
    .setPosition(String(outcome.position))
    .setRevisionsList(
      [...outcome.revisions].map(([stream, revision]) =>
        new streamsPb.StreamRevision().setStream(stream).setRevision(String(revision)),
      ),
    );

/** Sends what became of an append. */
const respond = (outcome: Outcome, send: RespondToAppend): void => {
  if (outcome.kind === 'violated') send(consistencyViolation(outcome.violations));
  else if (outcome.kind === 'confused')
    send({ code: status.UNKNOWN, details: 'Exception was thrown by handler.', metadata: new Metadata() });
  else send(null, acknowledgement(outcome));
};

interface AppendParts {
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** The port of the node that leads. */
  readonly leaderPort: number;
  readonly isLeader: boolean;
  /** Told of each append before it is acknowledged. */
  readonly told: { tell(): void };
}

const faultOf = ({ faults, isLeader }: AppendParts): AppendFault | undefined => {
  if (faults.unavailable) return 'unavailable';
  const next = isLeader ? faults.appends.shift() : 'not leader';
  if (typeof next !== 'function') return next;
  next();
  return undefined;
};

/** Appends, or makes the fault that a test has asked for. */
export const answerAppend = async (call: AppendCall, send: RespondToAppend, parts: AppendParts): Promise<void> => {
  const { log, faults, leaderPort, told } = parts;
  const [records, checks] = [recordsOf(call), checksOf(call)];
  const size = records.reduce((sum, record) => sum + sizeOf(record), 0);
  if (size > MOST_BYTES) {
    send(tooLarge(size));
    return;
  }
  const carryOut = (): Outcome => {
    const outcome = log.append(records, checks);
    told.tell();
    return outcome;
  };
  const fault = faultOf(parts);
  if (fault === 'late') faults.late.push(carryOut);
  const made = fault && refusalOf(fault, leaderPort);
  if (made?.isCommitted === false) {
    send(made.refusal);
    return;
  }
  const outcome = carryOut();
  await faults.beforeAcknowledging;
  if (made) send(made.refusal);
  else respond(outcome, send);
};
