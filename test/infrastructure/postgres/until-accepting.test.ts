import { expect } from 'chai';
import { DatabaseUnavailableError } from '../../../src/application/ports/database-unavailable.js';
import { untilAccepting } from '../../../src/infrastructure/postgres/until-accepting.js';

const full = Object.assign(new Error('sorry, too many clients already'), { code: '53300' });
const starting = Object.assign(new Error('the database system is not yet accepting connections'), { code: '57P03' });

// A server that was started while PostgreSQL recovered from a crash ended at once.
describe('Connecting to a database that is starting', () => {
  let notes: string[];
  let ending: AbortController;
  beforeEach(() => ([notes, ending] = [[], new AbortController()]));

  const connect = (failures: Error[], longestMs?: number) =>
    untilAccepting(
      async () => {
        notes.push('connect');
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return 'connected';
      },
      {
        signal: ending.signal,
        onWaiting: (reason) => notes.push(reason),
        ...(longestMs !== undefined && { longestMs }),
      },
    );
  const failureOf = (work: Promise<unknown>) => work.catch((error: unknown) => error);

  it('is tried again until it accepts, and told of once', async () => {
    const asOfThePool = new DatabaseUnavailableError('out of reach', { cause: starting });
    expect(await connect([starting, asOfThePool])).to.equal('connected');
    expect(notes).to.deep.equal(['connect', 'the database is starting', 'connect', 'connect']);
  });

  // A server that was started while others had all connections of its database ended at once.
  it('is tried again, too, while all connections are taken', async () => {
    expect(await connect([full, full])).to.equal('connected');
    expect(notes).to.deep.equal(['connect', 'all connections of the database are taken', 'connect', 'connect']);
  });

  it('fails at once for any other reason', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    expect(await failureOf(connect([refused]))).to.equal(refused);
    expect(notes).to.deep.equal(['connect']);
  });

  it('is given up when its time is over, and when the start is', async () => {
    expect(await failureOf(connect([starting], 0))).to.equal(starting);
    ending.abort();
    expect(await failureOf(connect([starting, starting]))).to.have.property('name', 'AbortError');
    expect(notes).to.deep.equal(['connect', 'connect', 'the database is starting']);
  });
});
