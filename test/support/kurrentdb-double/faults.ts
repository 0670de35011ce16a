import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

/** An error as the server sends it. */
export type Refusal = Pick<ServiceError, 'code' | 'details' | 'metadata'>;

/** What happens to an append: it is refused, or committed and not acknowledged. */
export type AppendFault = 'unavailable' | 'not leader' | 'not ready' | 'deadline after commit' | 'dropped after commit';

/** The faults that a test has the double make. */
export class Faults {
  /** What happens to the next appends, one after another. */
  readonly appends: AppendFault[] = [];
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

const refusal = (code: status, details: string, headers: Readonly<Record<string, string>> = {}): Refusal => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return { code, details, metadata };
};

export const UNAVAILABLE = (): Refusal => refusal(status.UNAVAILABLE, 'the double is unavailable');

export const NOT_READY = (): Refusal => refusal(status.UNKNOWN, 'Server Is Not Ready');

/** Names the node that the client should turn to. */
const notLeader = (port: number): Refusal =>
  refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': '127.0.0.1',
    'leader-endpoint-port': String(port),
  });

/** Answers what a fault refuses an append with, and whether the append was committed all the same. */
export const refusalOf = (
  fault: AppendFault,
  port: number,
): { readonly refusal: Refusal; readonly isCommitted: boolean } =>
  ({
    unavailable: { refusal: UNAVAILABLE(), isCommitted: false },
    'not leader': { refusal: notLeader(port), isCommitted: false },
    'not ready': { refusal: NOT_READY(), isCommitted: false },
    'deadline after commit': { refusal: refusal(status.DEADLINE_EXCEEDED, 'Deadline exceeded'), isCommitted: true },
    'dropped after commit': {
      refusal: refusal(status.CANCELLED, 'the double has dropped the call'),
      isCommitted: true,
    },
  })[fault];

/** What a server ends a subscription with that it keeps no longer. */
export const NO_LONGER = (): Refusal => refusal(status.CANCELLED, 'the double drops this subscription');
