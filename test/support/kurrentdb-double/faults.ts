import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import statusPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import serverErrorsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/errors_pb.js';

/** An error as the server sends it. */
export type Refusal = Pick<ServiceError, 'code' | 'details' | 'metadata'>;

/** What happens to an append: it is refused, or committed and not acknowledged, or `late`: not acknowledged, and committed later. */
export type AppendFault =
  'unavailable' | 'not leader' | 'not ready' | 'exhausted' | 'deadline after commit' | 'dropped after commit' | 'late';

/** The faults that a test has the double make. */
export class Faults {
  /** What happens to the next appends, one after another: nothing, a fault, or what is done before they are carried out. */
  readonly appends: (AppendFault | (() => void) | undefined)[] = [];
  /** Carry out the appends that are late, each as it was sent. */
  readonly late: (() => void)[] = [];
  /** How many reads and subscriptions are refused before one is answered. */
  failingReads = 0;
  /** How many questions for the server's features are refused, as by one that has just started. */
  failingStarts = 0;
  /** Whether every call is refused. */
  unavailable = false;
  /** What an append waits for between its commit, with which subscribers are told, and its acknowledgement. */
  beforeAcknowledging: Promise<void> | undefined;
  #thawed: Promise<void> | undefined;
  #thaw: () => void = () => undefined;

  /** From now on nothing is answered: calls are taken, and wait. */
  freeze(): void {
    this.#thawed = new Promise((resolve) => (this.#thaw = resolve));
  }

  thaw(): void {
    this.#thawed = undefined;
    this.#thaw();
  }

  takeFailingRead(): boolean {
    if (this.failingReads === 0) return false;
    this.failingReads -= 1;
    return true;
  }

  takeFailingStart(): boolean {
    if (this.failingStarts === 0) return false;
    this.failingStarts -= 1;
    return true;
  }

  async untilThawed(): Promise<void> {
    while (this.#thawed) await this.#thawed;
  }
}

const refusal = (code: status, details: string): Refusal => ({ code, details, metadata: new Metadata() });

/** What the server says of an error beside its code. */
export interface Details {
  /** The type of the details, in full. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** An error as the newer protocol has it: with details. */
export const detailed = (code: status, text: string, { type, bytes }: Details): Refusal => {
  const any = new anyPb.Any();
  any.setTypeUrl(`type.googleapis.com/${type}`);
  any.setValue(bytes);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(new statusPb.Status().setDetails(any).serializeBinary()));
  return { code, details: text, metadata };
};

export const UNAVAILABLE = (): Refusal => refusal(status.UNAVAILABLE, 'the double is unavailable');

export const NOT_READY = (): Refusal => refusal(status.UNKNOWN, 'Server Is Not Ready');

/** Names the node that the client should turn to. */
const notLeader = (port: number): Refusal => {
  const { NotLeaderNodeErrorDetails } = serverErrorsPb;
  const leader = new NotLeaderNodeErrorDetails.NodeInfo().setHost('127.0.0.1').setPort(port);
  const bytes = new NotLeaderNodeErrorDetails().setCurrentLeader(leader).serializeBinary();
  const type = 'kurrent.rpc.NotLeaderNodeErrorDetails';
  return detailed(status.FAILED_PRECONDITION, 'The server is not the leader node', { type, bytes });
};

const PASSED = (): Refusal => refusal(status.DEADLINE_EXCEEDED, 'Deadline exceeded');

/** Answers what a fault refuses an append with, and whether the append was committed all the same. */
export const refusalOf = (
  fault: AppendFault,
  port: number,
): { readonly refusal: Refusal; readonly isCommitted: boolean } =>
  ({
    unavailable: { refusal: UNAVAILABLE(), isCommitted: false },
    'not leader': { refusal: notLeader(port), isCommitted: false },
    'not ready': { refusal: NOT_READY(), isCommitted: false },
    // gRPC itself says so of a connection that is told to slow down.
    exhausted: { refusal: refusal(status.RESOURCE_EXHAUSTED, 'Bandwidth exhausted'), isCommitted: false },
    late: { refusal: PASSED(), isCommitted: false },
    'deadline after commit': { refusal: PASSED(), isCommitted: true },
    'dropped after commit': {
      refusal: refusal(status.CANCELLED, 'the double has dropped the call'),
      isCommitted: true,
    },
  })[fault];

/** What a server ends a subscription with that it keeps no longer. */
export const NO_LONGER = (): Refusal => refusal(status.CANCELLED, 'the double drops this subscription');
