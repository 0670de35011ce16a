import { expect } from 'chai';
import { send, type GetScene, type Scene } from '../../support/signed-up.js';
import { call, expectProblem, type Answer } from '../../support/call.js';
import { connect } from '../../support/socket.js';
import type { GetTarget } from '../../support/target.js';

const UNKNOWN = '01900000-0000-7000-8000-00000000ffff';

interface Attempt {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly json?: object;
  readonly code: 'conversation_not_found' | 'message_not_found';
}

/** Answers everything that a user can try with the id of a conversation or a message. */
const attemptsOn = (conversationId: string, messageId: string, { eve }: Scene): readonly Attempt[] => {
  const conversation = `/conversation/v1/${conversationId}`;
  const message = `/message/v1/${messageId}`;
  const reaction = `${message}/reactions/${encodeURIComponent('👍')}`;
  const code = 'conversation_not_found';
  return [
    { what: 'read its details', method: 'GET', path: conversation, code },
    { what: 'rename it', method: 'PATCH', path: conversation, json: { title: 'Mine' }, code },
    { what: 'join it', method: 'POST', path: `${conversation}/members`, json: { userIds: [eve.userId] }, code },
    { what: 'leave it', method: 'DELETE', path: `${conversation}/members/${eve.userId}`, code },
    {
      what: 'take it over',
      method: 'PUT',
      path: `${conversation}/members/${eve.userId}/role`,
      json: { role: 'owner' },
      code,
    },
    { what: 'see what is pinned', method: 'GET', path: `${conversation}/pins`, code },
    { what: 'pin a message', method: 'PUT', path: `${conversation}/pins/${messageId}`, code },
    { what: 'take a pin down', method: 'DELETE', path: `${conversation}/pins/${messageId}`, code },
    { what: 'mute it', method: 'PUT', path: `${conversation}/preferences`, json: { muted: true }, code },
    { what: 'read its history', method: 'GET', path: `/message/v1/history?conversationId=${conversationId}`, code },
    {
      what: 'see what changed in it',
      method: 'GET',
      path: `/message/v1/changes?conversationId=${conversationId}&since=0`,
      code,
    },
    { what: 'write into it', method: 'POST', path: '/message/v1/send', json: { conversationId, text: 'hi' }, code },
    { what: 'mark it read', method: 'POST', path: '/message/v1/read', json: { conversationId, messageId }, code },
    { what: 'read a message', method: 'GET', path: message, code: 'message_not_found' },
    { what: 'edit a message', method: 'PATCH', path: message, json: { text: 'mine' }, code: 'message_not_found' },
    { what: 'react to a message', method: 'PUT', path: reaction, code: 'message_not_found' },
    { what: 'take a reaction back', method: 'DELETE', path: reaction, code: 'message_not_found' },
    { what: 'delete a message', method: 'DELETE', path: message, code: 'message_not_found' },
    { what: 'see who read a message', method: 'GET', path: `${message}/receipts`, code: 'message_not_found' },
  ];
};

/** Answers what a refusal shows, without the id that the caller gave and the id of the request. */
const shown = ({ status, body }: Answer) => ({ status, code: body['code'], title: body['title'], type: body['type'] });

export const describeStrangers = (target: GetTarget, scene: GetScene): void => {
  const as = (token: string, { method, path, json }: Attempt) => call(target(), method, path, { token, json });

  describe("others' conversations", () => {
    for (const [index, { what }] of attemptsOn('', '', { eve: {} } as Scene).entries())
      for (const kind of ['direct', 'group'] as const)
        it(`cannot be told from ones that there are not: to ${what} (${kind})`, async () => {
          const { eve, messageId, directId, groupId } = scene();
          const conversationId = kind === 'direct' ? directId : groupId;
          const [theirs] = attemptsOn(conversationId, messageId, scene()).slice(index);
          const [nothing] = attemptsOn(UNKNOWN, UNKNOWN, scene()).slice(index);
          if (!theirs || !nothing) throw new Error('no such attempt');
          const answer = await as(eve.accessToken, theirs);
          expectProblem(answer, 404, theirs.code);
          expect(shown(answer)).to.deep.equal(shown(await as(eve.accessToken, nothing)));
        });

    it('cannot be written into over the WebSocket, which stays open', async () => {
      const { eve, directId: conversationId, messageId } = scene();
      const socket = await connect(target(), eve.accessToken);
      await socket.next('ready');
      socket.send({ type: 'send', id: 's', conversationId, text: 'hi' });
      expect(await socket.next('error')).to.include({ id: 's', code: 'conversation_not_found' });
      socket.send({ type: 'read', id: 'r', conversationId, messageId });
      expect(await socket.next('error')).to.include({ id: 'r', code: 'conversation_not_found' });
      socket.send({ type: 'typing', id: 't', conversationId, active: true });
      expect(await socket.next('error')).to.include({ id: 't', code: 'conversation_not_found' });
      socket.send({ type: 'edit', id: 'e', messageId, text: 'hi' });
      socket.send({ type: 'delete', id: 'd', messageId });
      socket.send({ type: 'react', id: 'k', messageId, emoji: '👍' });
      socket.send({ type: 'unreact', id: 'u', messageId, emoji: '👍' });
      for (const id of ['e', 'd', 'k', 'u'])
        expect(await socket.answerTo(id)).to.include({ id, code: 'message_not_found' });
      socket.send({ type: 'ping' });
      await socket.next('pong');
      await socket.close();
    });

    it('are not reached through a message of theirs', async () => {
      const { eve, ada, messageId } = scene();
      const own = await send(target(), eve, { recipientId: ada.userId, text: 'mine' });
      const json = { conversationId: own.conversationId, messageId };
      const read = await call(target(), 'POST', '/message/v1/read', { token: eve.accessToken, json });
      expectProblem(read, 404, 'message_not_found');
      const reply = { conversationId: own.conversationId, text: 'hi', replyTo: messageId };
      const replied = await call(target(), 'POST', '/message/v1/send', { token: eve.accessToken, json: reply });
      expectProblem(replied, 404, 'message_not_found');
    });

    it("are not overwritten by sending under a message's id", async () => {
      const { eve, ada, messageId } = scene();
      const json = { messageId, recipientId: ada.userId, text: 'private' };
      const { status, body } = await call(target(), 'POST', '/message/v1/send', { token: eve.accessToken, json });
      expect(status).to.equal(409);
      expect(body).to.include({ code: 'idempotency_conflict' });
    });

    it("are in nobody else's inbox", async () => {
      const { eve, directId, groupId } = scene();
      const { text } = await call(target(), 'GET', '/conversation/v1', { token: eve.accessToken });
      for (const id of [directId, groupId]) expect(text).not.to.include(id);
    });
  });
};
