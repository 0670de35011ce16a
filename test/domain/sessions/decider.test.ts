import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import type { Instant } from '../../../src/domain/kernel/ids.js';
import type { SessionCommands } from '../../../src/domain/sessions/commands.js';
import { session } from '../../../src/domain/sessions/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, hashOf, sessionNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(session);

const GRACE = 30;
const WEEK = 604_800;
const sessionId = sessionNumber(1);

const started = fact('SessionStarted');
const ended = fact('SessionEnded');

/** Makes the event that the token was exchanged for the next one at this second. */
const refreshed = (spent: string, next: string, second: number, epoch = 0) =>
  fact('SessionRefreshed', {
    epoch,
    spentTokenHash: hashOf(spent),
    refreshTokenHash: hashOf(next),
    refreshExpiresAt: at(second + WEEK),
    refreshedAt: at(second),
  });

/** Makes the command that presents the token for the next one at this second. */
const refresh = (
  presented: string,
  next: string,
  second: number,
  changes: Partial<SessionCommands['RefreshSession']> = {},
) =>
  ({
    type: 'RefreshSession',
    data: {
      sessionId,
      presentedHash: hashOf(presented),
      token: { tokenHash: hashOf(next), expiresAt: at(second + WEEK) },
      userEpoch: 0,
      exceptSessionId: null,
      graceSince: at(second - GRACE),
      at: at(second),
      ...changes,
    },
  }) as const;

const reusedAt = (detectedAt: Instant) =>
  [
    fact('RefreshTokenReused', { detectedAt }),
    fact('SessionEnded', { reason: 'refresh_token_reused', endedAt: detectedAt }),
  ] as const;

describe('StartSession', () => {
  const { refreshTokenHash: tokenHash, refreshExpiresAt: expiresAt, startedAt, ...login } = started.data;
  const start = { type: 'StartSession', data: { ...login, token: { tokenHash, expiresAt }, at: startedAt } } as const;

  it('begins with the first refresh token', () => given().when(start).thenEvents(started));
  it('changes nothing in a session that has begun', () => given(started).when(start).thenNothing());
  it('does not revive one that has ended', () => given(started, ended).when(start).thenNothing());
});

describe('RefreshSession', () => {
  describe('with the newest token', () => {
    it('spends it for a new one; a repeat within the grace gets a sibling', () =>
      given(started)
        .when(refresh('first', 'second', 100))
        .repeated('decides again')
        .thenEvents(refreshed('first', 'second', 100)));
    it('goes on from generation to generation', () =>
      given(started, refreshed('first', 'second', 100), refreshed('second', 'third', 200))
        .when(refresh('third', 'fourth', 300))
        .repeated('decides again')
        .thenEvents(refreshed('third', 'fourth', 300)));
    it('is possible up to its last millisecond', () =>
      given(started)
        .when(refresh('first', 'second', WEEK - 0.001))
        .repeated('decides again')
        .thenEvents(refreshed('first', 'second', WEEK - 0.001)));
    it('is refused from the moment it expires', () =>
      given(started)
        .when(refresh('first', 'second', WEEK))
        .thenRejected('refresh_token_expired'));
    it('counts the expiry of the newest, not of the first', () =>
      given(started, refreshed('first', 'second', 100))
        .when(refresh('second', 'third', WEEK + 50))
        .repeated('decides again')
        .thenEvents(refreshed('second', 'third', WEEK + 50)));
  });

  describe('with a token spent a moment ago', () => {
    const once = [started, refreshed('first', 'second', 100)];
    const twice = [...once, refreshed('first', 'sibling', 120)];

    it('gives a sibling while its successor is unused, up to the end of the grace', () =>
      given(...once)
        .when(refresh('first', 'sibling', 100 + GRACE))
        .repeated('decides again')
        .thenEvents(refreshed('first', 'sibling', 100 + GRACE)));
    it('is a reuse after the grace', () =>
      given(...once)
        .when(refresh('first', 'sibling', 100 + GRACE + 0.001))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(100 + GRACE + 0.001))));
    it('does not lengthen the grace by being presented', () =>
      given(...twice)
        .when(refresh('first', 'another', 131))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(131))));
    it('leaves every sibling good', () => {
      for (const sibling of ['second', 'sibling'])
        given(...twice)
          .when(refresh(sibling, 'third', 500))
          .repeated('decides again')
          .thenEvents(refreshed(sibling, 'third', 500));
    });
    it('is a reuse once its successor is used, within the grace too', () =>
      given(...once, refreshed('second', 'third', 105))
        .when(refresh('first', 'sibling', 110))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(110))));
    it('is a reuse once one of its siblings is used', () =>
      given(...twice, refreshed('sibling', 'third', 125))
        .when(refresh('first', 'another', 126))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(126))));
    it('spends all siblings with the one that is used', () =>
      given(...twice, refreshed('sibling', 'third', 125))
        .when(refresh('second', 'another', 125 + GRACE + 1))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(125 + GRACE + 1))));
  });

  describe('with a token spent long ago', () => {
    const thrice = [
      started,
      refreshed('first', 'second', 100),
      refreshed('second', 'third', 200),
      refreshed('third', 'fourth', 300),
    ];

    for (const spent of ['first', 'second', 'third'])
      it(`ends the session: ${spent}`, () =>
        given(...thrice)
          .when(refresh(spent, 'stolen', 1_000))
          .repeated('refresh_token_invalid')
          .thenEvents(...reusedAt(at(1_000))));
    it('ends it even when its newest token has expired', () =>
      given(...thrice)
        .when(refresh('first', 'stolen', 300 + WEEK))
        .repeated('refresh_token_invalid')
        .thenEvents(...reusedAt(at(300 + WEEK))));
    it('leaves nothing to refresh for the rightful owner', () =>
      given(...thrice, ...reusedAt(at(1_000)))
        .when(refresh('fourth', 'fifth', 1_001))
        .thenRejected('refresh_token_invalid'));
  });

  describe('is refused', () => {
    it('with a token that never was of this session', () =>
      given(started)
        .when(refresh('guessed', 'second', 100))
        .thenRejected('refresh_token_invalid'));
    it('for a session that never began', () =>
      given()
        .when(refresh('first', 'second', 100))
        .thenRejected('refresh_token_invalid'));
    it('for a session that has ended', () =>
      given(started, ended)
        .when(refresh('first', 'second', 100))
        .thenRejected('refresh_token_invalid'));
    it('when all sessions were ended since', () =>
      given(started)
        .when(refresh('first', 'second', 100, { userEpoch: 1 }))
        .thenRejected('refresh_token_invalid'));
    it('when all but another session were ended since', () =>
      given(started)
        .when(refresh('first', 'second', 100, { userEpoch: 1, exceptSessionId: sessionNumber(2) }))
        .thenRejected('refresh_token_invalid'));
    it('when all were ended since it lived on as the exception', () =>
      given(started, refreshed('first', 'second', 100, 1))
        .when(refresh('second', 'third', 200, { userEpoch: 2 }))
        .thenRejected('refresh_token_invalid'));
  });

  it('carries the excepted session into the new epoch', () =>
    given(started)
      .when(refresh('first', 'second', 100, { userEpoch: 1, exceptSessionId: sessionId }))
      .repeated('decides again')
      .thenEvents(refreshed('first', 'second', 100, 1)));
});

describe('EndSession', () => {
  const end = (by = ada) => ({ type: 'EndSession', data: { sessionId, by, at: at(300) } }) as const;

  it('ends it', () => given(started).when(end()).thenEvents(ended));
  it('changes nothing in one that has ended', () => given(started, ended).when(end()).thenNothing());
  it('changes nothing in one that never began', () => given().when(end()).thenNothing());
  it('is refused to anyone else', () => given(started).when(end(bob)).thenRejected('forbidden'));
});

describe('the state of a session', () => {
  it('is of the epoch of its last refresh', () =>
    expect(fold(session, [started, refreshed('first', 'second', 100, 1)])).to.include({ epoch: 1 }));
  it('knows the newest tokens, those before them, and all that were spent', () => {
    const [first, second, third, sibling] = ['first', 'second', 'third', 'sibling'].map(hashOf);
    const rotated = [started, refreshed('first', 'second', 100)];
    expect(fold(session, [started])).to.deep.include({ current: [first], previous: null, spent: [] });
    expect(fold(session, rotated)).to.deep.include({
      current: [second],
      previous: { hashes: [first], spentAt: at(100) },
      spent: [],
    });
    // The answer was lost and the exchange was repeated, so that both new tokens are good.
    const repeated = [...rotated, refreshed('first', 'sibling', 110)];
    expect(fold(session, repeated)).to.deep.include({ current: [second, sibling], spent: [] });
    expect(fold(session, [...repeated, refreshed('sibling', 'third', 120)])).to.deep.include({
      current: [third],
      previous: { hashes: [second, sibling], spentAt: at(120) },
      spent: [first],
    });
  });
  it('says whether it ended over a reused token', () => {
    expect(fold(session, [started, ended])).to.include({ status: 'ended', reused: false });
    expect(fold(session, [started, ...reusedAt(at(200))])).to.include({ status: 'ended', reused: true });
  });
});
