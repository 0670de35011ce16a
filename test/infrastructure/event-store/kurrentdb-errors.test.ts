import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  NotLeaderError,
  StreamNotFoundError,
  UnavailableError,
  UnknownError,
} from '@kurrent/kurrentdb-client';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import { EventStoreUnavailableError } from '../../../src/application/ports/event-store.js';
import { giveUpTime, retried } from '../../../src/infrastructure/event-store/kurrentdb/calls.js';
import { isTransient, NoAnswerError } from '../../../src/infrastructure/event-store/kurrentdb/kurrentdb-errors.js';
import { KURRENTDB_LIMITS } from '../../../src/infrastructure/event-store/kurrentdb/store-limits.js';

const serviceError = (code: status, details: string, headers: Readonly<Record<string, string>> = {}): ServiceError => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata });
};

const LEADER = { 'leader-endpoint-host': 'other', 'leader-endpoint-port': '2113' };

describe('An error of KurrentDB', () => {
  for (const [name, error] of Object.entries({
    'a server that is away': new UnavailableError(serviceError(status.UNAVAILABLE, 'No connection established')),
    'a server that is away, as gRPC says it': serviceError(status.UNAVAILABLE, 'No connection established'),
    'a cluster of which no node answers': new Error('Failed to discover after 10 attempts.'),
    'a server that is not ready': new UnknownError(serviceError(status.UNKNOWN, 'Server Is Not Ready')),
    'a server that is not ready, as gRPC says it': serviceError(status.UNKNOWN, 'Server Is Not Ready'),
    'a deadline': new DeadlineExceededError(serviceError(status.DEADLINE_EXCEEDED, 'Deadline exceeded')),
    'a deadline, as gRPC says it': serviceError(status.DEADLINE_EXCEEDED, 'Deadline exceeded'),
    'a call that was cancelled': new CancelledError(serviceError(status.CANCELLED, 'Call cancelled')),
    'a call that was cancelled, as gRPC says it': serviceError(status.CANCELLED, 'Call cancelled'),
    'another leader': new NotLeaderError(serviceError(status.NOT_FOUND, 'Leader info available', LEADER)),
    'a connection that the client closed': new Error('Channel has been shut down'),
    'no answer in time': new NoAnswerError('KurrentDB has not answered'),
  }))
    it(`may be over at the next attempt: ${name}`, () => expect(isTransient(error)).to.equal(true));

  for (const [name, error] of Object.entries({
    'a user who may not': new AccessDeniedError(serviceError(status.PERMISSION_DENIED, 'no')),
    'no such stream': new StreamNotFoundError(serviceError(status.NOT_FOUND, 'no'), 'orders'),
    'an argument that is refused': new UnknownError(serviceError(status.INVALID_ARGUMENT, 'no')),
    'a precondition': new UnknownError(serviceError(status.FAILED_PRECONDITION, 'no')),
    'what the server does not know': serviceError(status.UNIMPLEMENTED, 'no'),
    'a fault of this program': new TypeError('x is undefined'),
    'what is no error': 'unavailable',
  }))
    it(`comes again at each attempt: ${name}`, () => expect(isTransient(error)).to.equal(false));
});

describe('A call of KurrentDB', () => {
  const log = { warn: () => undefined, error: () => undefined };
  const limits = KURRENTDB_LIMITS;

  const made = (closing: AbortSignal, giveUpAt: number): Promise<unknown> =>
    retried({ limits, log, closing }, async () => 'made', giveUpAt).catch((error: unknown) => error);

  it('is not made after its time, or once the log is closed', async () => {
    const { signal } = new AbortController();
    expect(await made(signal, giveUpTime(limits))).to.equal('made');
    expect(await made(signal, performance.now() - 1)).to.be.instanceOf(EventStoreUnavailableError);
    expect(await made(AbortSignal.abort(), giveUpTime(limits))).to.be.instanceOf(EventStoreUnavailableError);
  });
});
