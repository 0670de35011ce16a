import { expect } from 'chai';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import { MemorySessionGate } from '../../../src/infrastructure/security/session-gate.js';
import { ada, bob, sessionNumber } from '../../support/ids.js';

const KEEP_SECONDS = 60;

describe('The session gate', () => {
  let now: number;
  let gate: MemorySessionGate;

  beforeEach(() => {
    now = 0;
    gate = new MemorySessionGate(KEEP_SECONDS, () => now);
  });

  const claims = (changes: Partial<AccessClaims> = {}): AccessClaims => ({
    userId: ada,
    sessionId: sessionNumber(1),
    epoch: 0,
    roles: [],
    expiresAt: 0,
    ...changes,
  });

  it('is open until something ended', () => expect(gate.isOpen(claims())).to.equal(true));

  it('is closed to a session that ended, whatever its epoch, and to no other', () => {
    gate.sessionEnded(sessionNumber(1));
    expect(gate.isOpen(claims())).to.equal(false);
    expect(gate.isOpen(claims({ epoch: 9 }))).to.equal(false);
    expect(gate.isOpen(claims({ sessionId: sessionNumber(2) }))).to.equal(true);
  });

  it('is closed to all older epochs of a user, and to nobody else', () => {
    gate.sessionsEnded(ada, 2, null);
    expect([0, 1, 2, 3].map((epoch) => gate.isOpen(claims({ epoch })))).to.deep.equal([false, false, true, true]);
    expect(gate.isOpen(claims({ userId: bob }))).to.equal(true);
  });

  it('stays open to the one session that was excepted', () => {
    gate.sessionsEnded(ada, 1, sessionNumber(1));
    expect(gate.isOpen(claims())).to.equal(true);
    expect(gate.isOpen(claims({ sessionId: sessionNumber(2) }))).to.equal(false);
    gate.sessionEnded(sessionNumber(1));
    expect(gate.isOpen(claims())).to.equal(false);
  });

  it('never goes back to an older epoch, when told late', () => {
    gate.sessionsEnded(ada, 2, null);
    gate.sessionsEnded(ada, 1, sessionNumber(1));
    expect(gate.isOpen(claims({ epoch: 1 }))).to.equal(false);
    expect(gate.isOpen(claims())).to.equal(false);
  });

  it('remembers for as long as a token could live, counted from the last it was told', () => {
    gate.sessionEnded(sessionNumber(1));
    now = KEEP_SECONDS * 1_000 - 1;
    gate.sessionEnded(sessionNumber(2));
    expect(gate.isOpen(claims())).to.equal(false);
    gate.sessionEnded(sessionNumber(1));
    now += KEEP_SECONDS * 1_000 - 1;
    gate.sessionEnded(sessionNumber(3));
    expect(gate.isOpen(claims())).to.equal(false);
  });

  it('forgets what no token can ask for any more', () => {
    gate.sessionEnded(sessionNumber(1));
    gate.sessionsEnded(bob, 1, null);
    now = KEEP_SECONDS * 1_000;
    gate.sessionEnded(sessionNumber(2));
    expect(gate.isOpen(claims())).to.equal(true);
    expect(gate.isOpen(claims({ userId: bob }))).to.equal(true);
  });

  it('forgets in the order of the ends, also when one was told again', () => {
    gate.sessionEnded(sessionNumber(1));
    now = 10_000;
    gate.sessionEnded(sessionNumber(2));
    now = 20_000;
    gate.sessionEnded(sessionNumber(1));
    now = 75_000;
    gate.sessionEnded(sessionNumber(3));
    expect(gate.isOpen(claims())).to.equal(false);
    expect(gate.isOpen(claims({ sessionId: sessionNumber(2) }))).to.equal(true);
  });

  it('tells those who listen, until they stop', () => {
    const told: unknown[] = [];
    const stop = gate.onEnd((...end) => told.push(end));
    gate.sessionEnded(sessionNumber(1));
    gate.sessionsEnded(ada, 1, null);
    gate.sessionsEnded(ada, 1, null);
    stop();
    gate.sessionEnded(sessionNumber(2));
    expect(told).to.deep.equal([
      [null, sessionNumber(1)],
      [ada, null],
    ]);
  });
});
