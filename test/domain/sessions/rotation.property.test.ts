import { expect } from 'chai';
import fc from 'fast-check';
import { decide, fold } from '../../../src/domain/kernel/decider.js';
import { Rejection } from '../../../src/domain/kernel/rejections.js';
import { session } from '../../../src/domain/sessions/decider.js';
import type { SessionState } from '../../../src/domain/sessions/state.js';
import { fact } from '../../support/events.js';
import { at, hashOf, sessionNumber } from '../../support/ids.js';

const GRACE = 30;

/**
 * Makes a model of which tokens belong to which generation, simpler than the decider: the newest is good, and the last
 * one is good for a moment.
 */
const createModel = () => {
  const generations = [0];
  let newest = 0;
  let spentAt = -Infinity;
  let ended = false;
  return {
    generations,
    isAlive: () => !ended,
    present: (token: number, now: number) => {
      const generation = generations[token];
      if (ended) return false;
      if (generation === newest) {
        newest += 1;
        spentAt = now;
      } else ended = generation !== newest - 1 || now - spentAt > GRACE;
      if (!ended) generations.push(newest);
      return !ended;
    },
  };
};

const present = (state: SessionState, token: number, next: number, now: number): SessionState => {
  const data = {
    sessionId: sessionNumber(1),
    presentedHash: hashOf(`token${token}`),
    token: { tokenHash: hashOf(`token${next}`), expiresAt: at(10_000_000) },
    userEpoch: 0,
    exceptSessionId: null,
    graceSince: at(now - GRACE),
    at: at(now),
  };
  return fold(session, decide(session, { type: 'RefreshSession', data }, state), state);
};

/** Answers the state after an attempt, or the state before it and why it was refused. */
const attempt = (work: () => SessionState, before: SessionState): { state: SessionState; refusal?: string } => {
  try {
    return { state: work() };
  } catch (error) {
    if (error instanceof Rejection) return { state: before, refusal: error.code };
    throw error;
  }
};

describe('the rotation of refresh tokens', () => {
  it('does what its model says, whichever tokens are presented whenever', () => {
    const presentations = fc.array(fc.record({ pick: fc.nat(), wait: fc.constantFrom(0, 1, 20, 30, 31, 500) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(presentations, (sequence) => {
        const model = createModel();
        let state = fold(session, [fact('SessionStarted', { refreshTokenHash: hashOf('token0') })]);
        let now = 1_000;
        for (const { pick, wait } of sequence) {
          now += wait;
          const next = model.generations.length;
          const token = next - 1 - (pick % Math.min(next, 4));
          const wasAlive = model.isAlive();
          const isGood = model.present(token, now);
          const answer = attempt(() => present(state, token, next, now), state);
          state = answer.state;
          expect({ refusal: answer.refusal, status: state.status }).to.deep.equal({
            refusal: wasAlive ? undefined : 'refresh_token_invalid',
            status: isGood ? 'active' : 'ended',
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});
