import { Metadata, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import statusPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import errorsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/errors_pb.js';
import streamsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb.js';
import type { Check, DoubleLog, NewRecord, Outcome, Violation } from './double-log.js';
import { refusalOf, type Faults, type Refusal } from './faults.js';

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
  const any = new anyPb.Any();
  any.setTypeUrl('type.googleapis.com/kurrentdb.protocol.v2.streams.errors.AppendConsistencyViolationErrorDetails');
  any.setValue(details.serializeBinary());
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(new statusPb.Status().setDetails(any).serializeBinary()));
  return { code: status.FAILED_PRECONDITION, details: 'the consistency checks failed', metadata };
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
  readonly port: number;
  /** Told of each append before it is acknowledged. */
  readonly told: { tell(): void };
}

/** Appends, or makes the fault that a test has asked for. */
export const answerAppend = async (
  call: AppendCall,
  send: RespondToAppend,
  { log, faults, port, told }: AppendParts,
): Promise<void> => {
  const fault = faults.unavailable ? 'unavailable' : faults.appends.shift();
  const made = fault && refusalOf(fault, port);
  if (made?.isCommitted === false) {
    send(made.refusal);
    return;
  }
  const outcome = log.append(recordsOf(call), checksOf(call));
  told.tell();
  await faults.beforeAcknowledging;
  if (made) send(made.refusal);
  else respond(outcome, send);
};
