import { expect } from 'chai';
import { ZodError } from 'zod';
import type { TypingSignal } from '../../../src/application/typing/typing.js';
import type { ConversationId, SessionId, UserId } from '../../../src/domain/kernel/ids.js';
import { reject } from '../../../src/domain/kernel/rejections.js';
import type { Connection } from '../../../src/interfaces/ws/connection.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { showTyping, SocketTyping } from '../../../src/interfaces/ws/typing.js';
import { captureConnection } from '../../support/captured-connection.js';
import { ada, bob, cleo, conversationNumber, positionOf, sessionNumber } from '../../support/ids.js';

const [group, unknown] = [conversationNumber(1), conversationNumber(2)];

describe('The typing of sockets', () => {
  it('is shown to all sockets of these users, but to none that is resuming or has not taken what it was sent', () => {
    const hub = new Hub();
    const [phone, laptop, resuming, slow, other] = [ada, ada, ada, bob, cleo].map((userId) => {
      const captured = captureConnection(userId);
      hub.attach(captured.connection, userId);
      return captured;
    });
    resuming?.connection.hold(positionOf(3));
    slow?.stall();
    slow?.connection.send({ type: 'pong' });
    slow?.connection.flush();
    const typing = { conversationId: group, userId: cleo, active: true };
    showTyping(hub)([ada, bob], typing);
    resuming?.connection.release(positionOf(4));
    const shown = { type: 'typing', ...typing };
    expect([phone, laptop, resuming, slow, other].map((each) => each?.frames())).to.deep.equal([
      [shown],
      [shown],
      [],
      [{ type: 'pong' }],
      [],
    ]);
    slow?.drain();
    showTyping(hub)([bob], typing);
    expect(slow?.frames()).to.deep.equal([{ type: 'pong' }, shown]);
  });

  describe('is told', () => {
    let told: TypingSignal[];
    let looked: (readonly [ConversationId, UserId, number])[];
    let now: number;
    let members: ReadonlySet<UserId>;
    let hub: Hub;
    let typing: SocketTyping;
    let socket: Connection;
    beforeEach(() => {
      [told, looked, now, members, hub] = [[], [], 0, new Set(), new Hub()];
      socket = captureConnection(ada).connection;
      hub.attach(socket, ada);
      hub.audience.add(group, ada);
      typing = new SocketTyping({
        typing: { tell: (signal) => told.push(signal) },
        audience: hub.audience,
        access: {
          requireMember: async (...asked) => {
            looked.push(asked);
            return members.has(asked[1]) ? (undefined as never) : reject('conversation_not_found');
          },
        },
        knownUpTo: (sessionId: SessionId) => positionOf(sessionId === sessionNumber(1) ? 7 : 0),
        now: () => now,
      });
    });

    const tell = (conversationId: unknown, connection = socket, more: object = {}) =>
      typing.handlers.typing({ type: 'typing', conversationId, active: true, ...more }, connection, {
        userId: ada,
        sessionId: sessionNumber(1),
      });
    const refusal = (telling: Promise<undefined>) =>
      telling.then(
        () => undefined,
        (error: unknown) => (error as { code?: string }).code ?? error,
      );

    it('with the place up to which the log was known, and without a look at it', async () => {
      expect(await refusal(tell(group))).to.equal(undefined);
      expect(told).to.deep.equal([{ conversationId: group, userId: ada, active: true, mark: '7' }]);
      expect(looked).to.deep.equal([]);
    });

    it('by members alone: one look a second at the log says whether a user has just become one', async () => {
      for (let n = 0; n < 3; n += 1) expect(await refusal(tell(unknown))).to.equal('conversation_not_found');
      expect(looked).to.deep.equal([[unknown, ada, 1]]);
      const other = captureConnection(ada).connection;
      expect(await refusal(tell(unknown, other))).to.equal('conversation_not_found');
      expect(looked).to.have.length(2);
      members = new Set([ada]);
      now = 1_000;
      expect(await refusal(tell(unknown))).to.equal(undefined);
      expect(told.map(({ conversationId }) => conversationId)).to.deep.equal([unknown]);
    });

    for (const [what, more] of Object.entries({
      'without a conversation': { conversationId: undefined },
      'without saying which': { active: undefined },
      'with a word for a boolean': { active: 'true' },
      'with a field too many': { surplus: 1 },
    }))
      it(`in no frame ${what}`, async () => {
        expect(await refusal(tell(group, socket, more))).to.be.instanceOf(ZodError);
        expect(told).to.deep.equal([]);
      });
  });
});
