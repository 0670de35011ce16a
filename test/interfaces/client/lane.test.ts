import { expect } from 'chai';
import { laneOf } from '../../../src/interfaces/client/outbox/lane.js';
import type { Conversation } from '../../../src/interfaces/client/wire.js';

const conversation = (conversationId: string, kind: 'direct' | 'group', ...names: string[]): Conversation =>
  ({ conversationId, kind, members: names.map((name) => ({ userId: `id of ${name}`, username: name })) }) as never;

describe('the lane of a message', () => {
  const inbox = [
    conversation('all', 'group', 'me', 'Bob'),
    conversation('with cleo', 'direct', 'me', 'Cleo'),
    conversation('with bob', 'direct', 'me', 'Bob'),
  ];
  const lane = (to: object) => laneOf(to, inbox, 'id of me');

  it('is its conversation, also where a recipient names it', () => {
    expect(lane({ conversationId: 'all' })).to.equal('all');
    expect(lane({ recipient: 'bob' })).to.equal('with bob');
    expect(lane({ recipientId: 'id of Bob' })).to.equal('with bob');
  });

  it('is the recipient where their conversation is not known, or there is none', () => {
    expect(lane({ recipient: 'dora' })).to.equal('dora');
    expect(lane({ recipientId: 'id of me' })).to.equal('id of me');
  });
});
