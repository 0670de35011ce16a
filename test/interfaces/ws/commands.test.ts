import { expect } from 'chai';
import { ZodError } from 'zod';
import type { CommandContext } from '../../../src/application/kernel/command-context.js';
import type { AccessClaims } from '../../../src/application/ports/access-tokens.js';
import type { Identifiers } from '../../../src/application/ports/identifiers.js';
import type { KeyedHashes } from '../../../src/application/ports/keyed-hashes.js';
import type { CommandId, Hash, StreamId } from '../../../src/domain/kernel/ids.js';
import { frameHandlers } from '../../../src/interfaces/ws/commands.js';
import { captureConnection } from '../../support/captured-connection.js';
import {
  ada,
  at,
  bob,
  conversationNumber,
  mediaNumber,
  messageNumber,
  positionOf,
  sessionNumber,
} from '../../support/ids.js';

const [conversationId, messageId] = [conversationNumber(1), messageNumber(1)];
const claims: AccessClaims = { userId: ada, sessionId: sessionNumber(1), epoch: 0, roles: [], expiresAt: 0 };

describe('A frame that commands', () => {
  let asked: unknown[];
  let stages: string[];
  beforeEach(() => ([asked, stages] = [[], []]));

  const noting =
    <Answer>(answer: Answer) =>
    async (input: unknown, context: CommandContext) => {
      asked.push(input, context);
      return answer;
    };
  const watch = async () => undefined;
  const unwatch = async () => undefined;
  const typing = async () => undefined;
  const handlers = frameHandlers({
    useCases: {
      sendMessage: noting({ messageId, conversationId, position: positionOf(7), sentAt: at(1), repeated: true }),
      editMessage: noting({ position: positionOf(10) }),
      deleteMessage: noting({ position: positionOf(11) }),
      addReaction: noting({ position: positionOf(12) }),
      removeReaction: noting({ position: positionOf(13) }),
      markRead: noting({ position: positionOf(8) }),
    },
    hashes: {
      requestStream: (actor, operation, key) => `request-${actor} ${operation} ${key}` as StreamId,
      fingerprint: (key, request) => `${key} ${JSON.stringify(request)}` as Hash,
    } as KeyedHashes,
    identifiers: { newCommandId: () => 'command' as CommandId } as Identifiers,
    clock: () => at(5),
    deliveredUpTo: () => positionOf(9),
    signalHandlers: { 'presence.watch': watch, 'presence.unwatch': unwatch, typing },
    onStage: (stage, seconds) => stages.push(seconds >= 0 ? stage : 'before it began'),
  });

  const answerTo = (frame: { type: keyof typeof handlers; [field: string]: unknown }) =>
    handlers[frame.type](frame, captureConnection(ada).connection, claims, 'request');

  const context: CommandContext = {
    commandId: 'command' as CommandId,
    correlationId: 'request',
    causationId: 'command' as CommandId,
    actor: ada,
    sessionId: sessionNumber(1),
    now: at(5),
    address: '192.0.2.1',
    claim: null,
  };

  const attachments = [mediaNumber(1)];
  for (const [named, to] of [
    [{ conversationId }, { conversationId }],
    [{ recipientId: bob }, { recipientId: bob }],
    [{ recipient: 'bob' }, { recipient: 'bob' }],
  ])
    it(`sends a message to whom it names, ${Object.keys(to ?? {}).join()}, and is answered with what was sent`, async () => {
      const frame = {
        type: 'send',
        id: 'x',
        text: 'hello',
        messageId,
        attachments,
        replyTo: messageNumber(2),
        ...named,
      } as const;
      expect(await answerTo(frame)).to.deep.equal({
        type: 'ack',
        id: 'x',
        messageId,
        conversationId,
        position: '7',
        sentAt: at(1),
      });
      expect(asked).to.deep.equal([{ messageId, to, text: 'hello', attachments, replyTo: messageNumber(2) }, context]);
      expect(stages).to.deep.equal(['committed']);
    });

  it('marks a message as read, and is answered under its id where it has one', async () => {
    const frame = { type: 'read', conversationId, messageId } as const;
    expect(await answerTo({ ...frame, id: 'x' })).to.deep.equal({ type: 'ack', id: 'x', position: '8' });
    expect(await answerTo(frame)).to.deep.equal({ type: 'ack', position: '8' });
    expect(asked.slice(0, 2)).to.deep.equal([{ conversationId, messageId }, context]);
  });

  it('edits and deletes a message, reacts and takes that back, and is answered with the place of the change', async () => {
    const ack = { type: 'ack', id: 'x', messageId };
    const edited = await answerTo({ type: 'edit', id: 'x', messageId, text: 'hello' });
    expect(edited).to.deep.equal({ ...ack, position: '10' });
    expect(await answerTo({ type: 'delete', id: 'x', messageId })).to.deep.equal({ ...ack, position: '11' });
    const reaction = { messageId, emoji: '👍' };
    expect(await answerTo({ type: 'react', id: 'x', ...reaction })).to.deep.equal({ ...ack, position: '12' });
    expect(await answerTo({ type: 'unreact', id: 'x', ...reaction })).to.deep.equal({ ...ack, position: '13' });
    const inputs = [{ messageId, text: 'hello' }, { messageId }, reaction, reaction];
    expect(asked).to.deep.equal(inputs.flatMap((input) => [input, context]));
  });

  it('edits under an idempotency key, of which the change itself knows nothing', async () => {
    await answerTo({ type: 'edit', id: 'x', messageId, text: 'hello', idempotencyKey: 'k1' });
    const edit = { messageId, text: 'hello' };
    const claim = { stream: `request-${ada} edit k1`, fingerprint: `k1 ${JSON.stringify(edit)}` };
    expect(asked).to.deep.equal([edit, { ...context, claim }]);
  });

  it('asks how far the socket has been served', async () => {
    expect(await answerTo({ type: 'ping' })).to.deep.equal({ type: 'pong', position: '9' });
  });

  it('of presence is carried out by presence', () => {
    const { 'presence.watch': watching, 'presence.unwatch': unwatching } = handlers;
    expect([watching, unwatching]).to.deep.equal([watch, unwatch]);
  });

  for (const type of ['send', 'edit', 'delete', 'react', 'unreact', 'read', 'ping'] as const)
    it(`is refused, and does nothing, with a field that ${type} does not have`, async () => {
      const fields = {
        send: { id: 'x', conversationId, text: 'hello' },
        edit: { id: 'x', messageId, text: 'hello' },
        delete: { id: 'x', messageId },
        react: { id: 'x', messageId, emoji: '👍' },
        unreact: { id: 'x', messageId, emoji: '👍' },
        read: { conversationId, messageId },
        ping: {},
      };
      const refused = (async () => answerTo({ type, ...fields[type], surplus: 1 }))();
      expect(await refused.catch((error: unknown) => error)).to.be.instanceOf(ZodError);
      expect(asked).to.deep.equal([]);
    });
});
