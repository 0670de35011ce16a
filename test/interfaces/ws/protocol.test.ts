import { expect } from 'chai';
import { errorFrame } from '../../../src/interfaces/ws/error-frame.js';
import { clientFrames, isFrameType } from '../../../src/interfaces/ws/commands.js';
import { costOf, idOf, parseFrame } from '../../../src/interfaces/ws/protocol.js';
import { conversationNumber, messageNumber, userNumber } from '../../support/ids.js';

const conversationId = conversationNumber(1);

describe('The frames of clients', () => {
  it('are objects in JSON, in UTF-8, and nothing else', () => {
    expect(parseFrame(Buffer.from('{"type":"é"}'))).to.deep.equal({ type: 'é' });
    for (const text of ['', '{', '[]', 'null', '1', '"ping"', 'true'])
      expect(parseFrame(Buffer.from(text)), text).to.equal(undefined);
    expect(parseFrame(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).to.equal(undefined);
  });

  it('have a type that is known', () => {
    for (const type of Object.keys(clientFrames)) expect(isFrameType(type), type).to.equal(true);
    for (const type of ['', 'constructor', 'toString', 1, null, undefined, ['ping']])
      expect(isFrameType(type), String(type)).to.equal(false);
  });

  it('are answered under an id that can be repeated', () => {
    for (const id of ['1', 'x'.repeat(64)]) expect(idOf({ id })).to.deep.equal({ id });
    for (const id of ['', 'x'.repeat(65), 1, undefined]) expect(idOf({ id })).to.deep.equal({});
  });

  it('name their answer, one addressee, and 1 to 100 users', () => {
    const isTaken = (type: keyof typeof clientFrames, fields: object) =>
      clientFrames[type].safeParse({ type, ...fields }).success;
    const [id, text, messageId] = ['x', 'hello', messageNumber(1)];
    const users = (count: number) => Array.from({ length: count }, (_, n) => userNumber(n + 1));
    expect(isTaken('send', { id, text, conversationId })).to.equal(true);
    expect(isTaken('send', { text, conversationId })).to.equal(false);
    expect(isTaken('send', { id, text })).to.equal(false);
    expect(isTaken('send', { id, text, conversationId, recipient: 'bob' })).to.equal(false);
    expect(isTaken('read', { conversationId, messageId })).to.equal(true);
    for (const type of ['presence.watch', 'presence.unwatch'] as const)
      expect([0, 1, 100, 101].map((count) => isTaken(type, { userIds: users(count) }))).to.deep.equal([
        false,
        true,
        true,
        false,
      ]);
  });

  it('count for one more by each ten users whose presence they ask for', () => {
    const cost = (type: string, count: number) => costOf({ type, userIds: Array.from({ length: count }, () => 'x') });
    expect([1, 9, 10, 19, 100, 5_000].map((count) => cost('presence.watch', count))).to.deep.equal([
      1, 1, 2, 2, 11, 11,
    ]);
    expect(cost('presence.unwatch', 100)).to.equal(1);
    expect([costOf({ type: 'presence.watch' }), costOf({ type: 'presence.watch', userIds: 'x' })]).to.deep.equal([
      1, 1,
    ]);
  });
});

describe('What a refused frame is answered with', () => {
  it('has the id of the frame, the faults and the time to wait, where there are any', () => {
    const detail = 'Too many frames; send this one again after retryAfterMs.';
    const refusal = { type: 'error', code: 'rate_limited', detail };
    expect(errorFrame({}, { code: 'rate_limited' })).to.deep.equal(refusal);
    const errors = [{ path: 'text', message: 'too long' }];
    expect(errorFrame({ id: 'x' }, { code: 'rate_limited', errors, retryAfterMs: 0 })).to.deep.equal({
      ...refusal,
      id: 'x',
      errors,
      retryAfterMs: 0,
    });
  });
});
