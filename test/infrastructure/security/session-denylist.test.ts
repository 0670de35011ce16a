import { expect } from 'chai';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import { MemorySessionDenylist } from '../../../src/infrastructure/security/session-denylist.js';
import { ada, bob, sessionNumber } from '../../support/ids.js';

const KEEP_SECONDS = 60;

describe('The session denylist', () => {
  let now: number;
  let denylist: MemorySessionDenylist;

  beforeEach(() => {
    now = 0;
    denylist = new MemorySessionDenylist(KEEP_SECONDS, () => now);
  });

  const claims = (changes: Partial<AccessClaims> = {}): AccessClaims => ({
    userId: ada,
    sessionId: sessionNumber(1),
    epoch: 0,
    roles: [],
    expiresAt: 0,
    ...changes,
  });

  it('allows everything until something ended', () => expect(denylist.allows(claims())).to.equal(true));

  it('refuses a session that ended, whatever its epoch, and no other', () => {
    denylist.sessionEnded(sessionNumber(1));
    expect(denylist.allows(claims())).to.equal(false);
    expect(denylist.allows(claims({ epoch: 9 }))).to.equal(false);
    expect(denylist.allows(claims({ sessionId: sessionNumber(2) }))).to.equal(true);
  });

  it('refuses all older epochs of a user, and nobody else', () => {
    denylist.sessionsEnded(ada, 2, null);
    expect([0, 1, 2, 3].map((epoch) => denylist.allows(claims({ epoch })))).to.deep.equal([false, false, true, true]);
    expect(denylist.allows(claims({ userId: bob }))).to.equal(true);
  });

  it('allows the one session that was excepted', () => {
    denylist.sessionsEnded(ada, 1, sessionNumber(1));
    expect(denylist.allows(claims())).to.equal(true);
    expect(denylist.allows(claims({ sessionId: sessionNumber(2) }))).to.equal(false);
    denylist.sessionEnded(sessionNumber(1));
    expect(denylist.allows(claims())).to.equal(false);
  });

  it('never goes back to an older epoch that comes late', () => {
    denylist.sessionsEnded(ada, 2, null);
    denylist.sessionsEnded(ada, 1, sessionNumber(1));
    expect(denylist.allows(claims({ epoch: 1 }))).to.equal(false);
    expect(denylist.allows(claims())).to.equal(false);
  });

  it('remembers for as long as a token could live, counted from the last end', () => {
    denylist.sessionEnded(sessionNumber(1));
    now = KEEP_SECONDS * 1_000 - 1;
    denylist.sessionEnded(sessionNumber(2));
    expect(denylist.allows(claims())).to.equal(false);
    denylist.sessionEnded(sessionNumber(1));
    now += KEEP_SECONDS * 1_000 - 1;
    denylist.sessionEnded(sessionNumber(3));
    expect(denylist.allows(claims())).to.equal(false);
  });

  it('forgets what no token can ask for any more', () => {
    denylist.sessionEnded(sessionNumber(1));
    denylist.sessionsEnded(bob, 1, null);
    now = KEEP_SECONDS * 1_000;
    denylist.sessionEnded(sessionNumber(2));
    expect(denylist.allows(claims())).to.equal(true);
    expect(denylist.allows(claims({ userId: bob }))).to.equal(true);
  });

  it('forgets in the order of the ends, also when one came again', () => {
    denylist.sessionEnded(sessionNumber(1));
    now = 10_000;
    denylist.sessionEnded(sessionNumber(2));
    now = 20_000;
    denylist.sessionEnded(sessionNumber(1));
    now = 75_000;
    denylist.sessionEnded(sessionNumber(3));
    expect(denylist.allows(claims())).to.equal(false);
    expect(denylist.allows(claims({ sessionId: sessionNumber(2) }))).to.equal(true);
  });

  it('calls its listeners, until they are removed', () => {
    const told: unknown[] = [];
    const stop = denylist.onEnd((...end) => told.push(end));
    denylist.sessionEnded(sessionNumber(1));
    denylist.sessionsEnded(ada, 1, null);
    denylist.sessionsEnded(ada, 1, null);
    stop();
    denylist.sessionEnded(sessionNumber(2));
    expect(told).to.deep.equal([
      [null, sessionNumber(1)],
      [ada, null],
    ]);
  });
});
