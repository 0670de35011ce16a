import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Consumers } from '../../../src/application/consumers/consumers.js';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import type { EndedSessions } from '../../../src/application/ports/ended-sessions.js';
import {
  UndecodableEventError,
  type EventBatch,
  type EventStore,
  type UndecodableEvent,
} from '../../../src/application/ports/event-store.js';
import { followSessionEnds } from '../../../src/application/sessions/follow-session-ends.js';
import type { EventId, Position, StreamId, UserId } from '../../../src/domain/kernel/ids.js';
import { positionBefore } from '../../../src/infrastructure/event-store/dense-positions.js';
import { MemorySessionDenylist } from '../../../src/infrastructure/security/session-denylist.js';
import { ada, at, bob, positionOf, sessionNumber } from '../../support/ids.js';

const spoiled = (position: number, type: string, stream: string): UndecodableEvent => ({
  position: positionOf(position),
  streamId: stream as StreamId,
  revision: 0,
  eventId: `01900000-0063-7000-8000-${String(position).padStart(12, '0')}` as EventId,
  type,
  schemaVersion: 1,
  reason: 'it is spoiled',
});

// An event that could not be decoded ended the follower of the denylist: from then on every ended session was let in.
describe('The follower of ended sessions', () => {
  const claims = (userId: UserId, session: number): AccessClaims => ({
    ...{ userId, sessionId: sessionNumber(session) },
    ...{ epoch: 7, roles: [], expiresAt: 0 },
  });

  /**
   * Follows a log of these events alone, none of which can be decoded; the positions in `parked` lie before its start.
   */
  const follow = async (undecodable: readonly UndecodableEvent[], parked: readonly number[] = []) => {
    const denylist = new MemorySessionDenylist(60);
    const erased: UserId[] = [];
    const ending = new AbortController();
    const begin = parked.at(-1) ?? 0;
    const end = positionOf(undecodable.length);
    const store = {
      positionBefore: async (position: Position, events: number) => positionBefore(position, events),
      async *readAll({ after }: { after: string }) {
        yield* [];
        throw new UndecodableEventError(undecodable[Number(after)] as UndecodableEvent);
      },
      async *subscribe({ after }: { after: string }): AsyncGenerator<EventBatch> {
        const rest = undecodable.slice(Number(after));
        yield {
          after: positionOf(begin),
          events: [],
          undecodable: rest,
          position: end,
          passed: rest.length,
          caughtUp: true,
        };
      },
    } as unknown as EventStore;
    const ended: EndedSessions = {
      since: async () => ({ position: positionOf(begin), sessionIds: [], epochs: [], parked: parked.map(positionOf) }),
    };
    const consumers = new Consumers({
      now: () => 0,
      sleep: async () => {
        await nextTurn();
      },
      onFailed: (_, error) => {
        throw error;
      },
    });
    const followers = { denylist, onErased: (userId: UserId) => erased.push(userId) };
    const work = followSessionEnds(followers, { store, ended, since: at(0) }, () => ending.abort());
    await consumers.run('session denylist', ending.signal, work);
    return { denylist, erased };
  };

  it('lets in no session of a user whose end of all sessions cannot be decoded', async () => {
    const { denylist } = await follow([spoiled(1, 'SessionsEnded', `user-${ada}`)]);
    expect([
      denylist.allows(claims(ada, 1)),
      denylist.allows(claims(ada, 2)),
      denylist.allows(claims(bob, 3)),
    ]).to.deep.equal([false, false, true]);
  });

  it('refuses the one session whose end cannot be decoded', async () => {
    const { denylist } = await follow([spoiled(1, 'SessionEnded', `session-${sessionNumber(1)}`)]);
    expect([denylist.allows(claims(ada, 1)), denylist.allows(claims(ada, 2))]).to.deep.equal([false, true]);
  });

  it('knows of an erased user whose erasure cannot be decoded', async () => {
    const { erased } = await follow([spoiled(1, 'UserErased', `user-${ada}`)]);
    expect(erased).to.deep.equal([ada]);
  });

  it('does the same for what the read model has parked, when it begins', async () => {
    const { denylist } = await follow(
      [spoiled(1, 'SessionsEnded', `user-${ada}`), spoiled(2, 'SessionEnded', `session-${sessionNumber(3)}`)],
      [1, 2],
    );
    expect([
      denylist.allows(claims(ada, 1)),
      denylist.allows(claims(bob, 3)),
      denylist.allows(claims(bob, 4)),
    ]).to.deep.equal([false, false, true]);
  });
});
