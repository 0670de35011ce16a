import { expect } from 'chai';
import { ChatModel } from '../../../src/interfaces/client/model/chat-model.js';
import type { Conversation, Message } from '../../../src/interfaces/client/wire.js';

const AT = '2026-01-01T00:00:00.000Z';

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  messageId: `m${seq}`,
  conversationId: 'c',
  seq,
  senderId: 'other',
  text: `text ${seq}`,
  mentions: [],
  attachments: [],
  replyTo: null,
  replyToDeleted: false,
  reactions: [],
  sentAt: AT,
  editedAt: null,
  deletedAt: null,
  position: String(100 + seq),
  cursor: `cursor ${seq}`,
  ...more,
});

const conversation = (last: number, unreadCount = 0, more: Partial<Conversation> = {}): Conversation => ({
  conversationId: 'c',
  kind: 'group',
  title: 'Engines',
  members: [],
  memberCount: 2,
  createdAt: AT,
  lastMessage: last === 0 ? null : message(last),
  lastActivityAt: AT,
  unreadCount,
  mentionCount: 0,
  lastReadMessageId: null,
  preferences: { muted: false, archived: false, pinned: false },
  position: '100',
  ...more,
});

const modelOf = (...conversations: Conversation[]): ChatModel => {
  const model = new ChatModel('me');
  model.reset(conversations);
  model.takeChanged();
  return model;
};

const sent = (each: Message) => ({ type: 'message.sent', position: each.position, message: each });
const edited = (each: Message) => ({ type: 'message.edited', position: each.position, message: each });
const MENTION = { mentions: ['me'] };

describe('the model of a client', () => {
  it('knows which messages it does not know', () => {
    const model = modelOf(conversation(10));
    expect(model.gaps('c')).to.deep.equal([{ from: 1, to: 10 }]);
    model.know('c', [message(4), message(5), message(9)]);
    expect(model.gaps('c')).to.deep.equal([
      { from: 1, to: 3 },
      { from: 6, to: 8 },
      { from: 10, to: 10 },
    ]);
    model.fold(sent(message(11)), 0);
    expect(model.gaps('c').at(-1)).to.deep.equal({ from: 10, to: 10 });
    model.knowChanges('c', [message(4, { text: 'new', position: '300' }), message(7)]);
    expect(model.messages('c').map(({ text }) => text)).to.deep.equal(['new', 'text 5', 'text 9', 'text 11']);
    model.forgetAfter('c', 5);
    expect(model.messages('c').map(({ seq }) => seq)).to.deep.equal([4, 5]);
  });

  it('keeps the later of two forms of a message, whichever comes first', () => {
    const model = modelOf(conversation(3));
    model.fold(edited(message(2, { text: 'new', position: '200' })), 0);
    model.know('c', [message(1), message(2), message(3)]);
    expect(model.messages('c').map(({ text }) => text)).to.deep.equal(['text 1', 'new', 'text 3']);
  });

  describe('marks a reply to a message that is gone', () => {
    const reply = (seq: number, more: Partial<Message> = {}) => message(seq, { replyTo: 'm2', ...more });
    const tombstone = message(2, { text: null, deletedAt: AT, position: '300' });
    const deleted = { type: 'message.deleted', position: '300', message: tombstone };
    const markedIn = (model: ChatModel) =>
      model.messages('c').flatMap(({ seq, replyToDeleted }) => (replyToDeleted ? [seq] : []));

    it('when it is told of the deletion, also as the last message', () => {
      const model = modelOf(conversation(4, 0, { lastMessage: reply(4) }));
      model.know('c', [reply(3), reply(4), message(1, { replyTo: 'm1' })]);
      const before = model.messages('c');
      model.fold(deleted, 0);
      expect([markedIn(model), before.some((each) => each.replyToDeleted)]).to.deep.equal([[3, 4], false]);
      expect(model.conversation('c')?.lastMessage?.replyToDeleted).to.equal(true);
    });

    it('when it comes later, in a page or a frame from before, and comes again', () => {
      const model = modelOf(conversation(3));
      model.fold(deleted, 0);
      model.know('c', [reply(3)]);
      model.fold(sent(reply(4)), 0);
      model.know('c', [reply(3)]);
      expect(markedIn(model)).to.deep.equal([3, 4]);
      expect(model.conversation('c')?.lastMessage?.replyToDeleted).to.equal(true);
    });

    it('when a resync tells of the deletion of a message that it does not keep', () => {
      const model = modelOf(conversation(4));
      model.know('c', [reply(4)]);
      model.takeChanged();
      model.knowChanges('c', [tombstone]);
      expect([markedIn(model), [...model.takeChanged()]]).to.deep.equal([[4], ['conversation/c']]);
      expect(model.messages('c')).to.have.length(1);
    });

    it('when another reply says so, and never takes that back', () => {
      const model = modelOf(conversation(4));
      model.know('c', [reply(3)]);
      model.know('c', [reply(4, { replyToDeleted: true })]);
      model.know('c', [reply(4)]);
      expect(markedIn(model)).to.deep.equal([3, 4]);
    });
  });

  it('answers the same messages until they change', () => {
    const model = modelOf(conversation(3));
    model.know('c', [message(3)]);
    const before = model.messages('c');
    model.know('c', [message(3, { position: '1' })]);
    expect(model.messages('c')).to.equal(before);
    model.know('c', [message(2)]);
    expect(model.messages('c')).not.to.equal(before);
    expect(before).to.have.length(1);
  });

  it('counts mentions on although it does not know all that is unread', () => {
    const model = modelOf(conversation(10, 5, { mentionCount: 2 }));
    model.fold(sent(message(11, MENTION)), 0);
    model.fold(sent(message(12)), 0);
    expect(model.conversation('c')).to.include({ unreadCount: 7, mentionCount: 3 });
    expect([...model.uncertain]).to.deep.equal([]);
  });

  it('has a conversation asked for where only that tells how many mentions are unread', () => {
    const cases: readonly ((model: ChatModel) => void)[] = [
      (model) => model.fold(edited(message(8, { ...MENTION, position: '300' })), 0),
      (model) =>
        model.fold({ type: 'message.read', conversationId: 'c', userId: 'me', messageId: 'm7', seq: 7, at: AT }, 0),
      (model) => model.fold(sent(message(12, MENTION)), 0),
    ];
    for (const change of cases) {
      const model = modelOf(conversation(10, 5, { mentionCount: 2 }));
      change(model);
      expect([...model.uncertain]).to.deep.equal(['c']);
      model.replace(conversation(12, 3, { mentionCount: 1 }));
      expect([...model.uncertain]).to.deep.equal([]);
    }
  });

  it('does not have it asked for where nothing depends on it', () => {
    const model = modelOf(conversation(10, 5, { mentionCount: 2 }));
    model.fold(edited(message(3, { position: '300' })), 0);
    model.know('c', [message(9)]);
    model.fold(edited(message(9, { text: 'new', position: '301' })), 0);
    model.fold({ type: 'message.read', conversationId: 'c', userId: 'me', messageId: 'm10', seq: 10, at: AT }, 0);
    expect(model.conversation('c')).to.include({ unreadCount: 0, mentionCount: 0 });
    expect([...model.uncertain]).to.deep.equal([]);
  });

  it('has a conversation asked for of which it knows nothing, and notes what an answer may lack', () => {
    const model = modelOf();
    const before = model.revisionOf('c');
    model.fold(sent(message(1)), 0);
    expect([[...model.uncertain], model.inbox]).to.deep.equal([['c'], []]);
    expect(model.revisionOf('c')).to.be.greaterThan(before);
  });

  it('forgets everything of a conversation that it has left', () => {
    const model = modelOf(conversation(3));
    model.know('c', [message(3)]);
    model.knowPins('c', ['m3']);
    model.fold({ type: 'message.read', conversationId: 'c', userId: 'other', messageId: 'm3', seq: 3, at: AT }, 0);
    model.fold({ type: 'conversation.member_removed', position: '300', conversation: { conversationId: 'c' } }, 0);
    expect([model.inbox, model.messages('c'), model.pins('c'), [...model.reads('c')]]).to.deep.equal([
      [],
      [],
      undefined,
      [],
    ]);
  });

  it('shows how far messages have come to others, which only moves forward', () => {
    const model = modelOf(conversation(9, 4));
    const delivered = (userId: string, seq: number) =>
      model.fold(
        { type: 'message.delivered', position: '300', conversationId: 'c', userId, messageId: `m${seq}`, seq, at: AT },
        0,
      );
    delivered('a', 5);
    delivered('b', 7);
    expect([...model.takeChanged()]).to.not.be.empty;
    delivered('b', 6);
    const receipt = { userId: 'a', deliveredMessageId: 'm8', deliveredSeq: 8, deliveredAt: AT };
    model.fold({ type: 'message.receipts', conversationId: 'c', upTo: '301', receipts: [receipt] }, 0);
    expect([...model.deliveries('c')]).to.deep.equal([
      ['a', { messageId: 'm8', seq: 8, at: AT }],
      ['b', { messageId: 'm7', seq: 7, at: AT }],
    ]);
    expect([...model.reads('c')]).to.deep.equal([]);
    expect(model.conversation('c')).to.include({ unreadCount: 4 });
    model.forget('c');
    expect([...model.deliveries('c')]).to.deep.equal([]);
  });

  it('shows who types for six seconds, until they send or stop', () => {
    const model = modelOf(conversation(1));
    const typing = (userId: string, active = true) => ({ type: 'typing', conversationId: 'c', userId, active });
    for (const userId of ['a', 'b', 'other']) model.fold(typing(userId), 1_000);
    model.fold(typing('a', false), 2_000);
    model.fold(sent(message(2)), 2_000);
    expect(model.typing('c', 6_999)).to.deep.equal(['b']);
    expect(model.expireTyping(6_999)).to.equal(7_000);
    model.takeChanged();
    expect(model.expireTyping(7_000)).to.equal(undefined);
    expect([...model.takeChanged()]).to.deep.equal(['conversation/c']);
    expect(model.typing('c', 7_000)).to.deep.equal([]);
  });

  it('tells what has changed, once', () => {
    const model = modelOf(conversation(1));
    model.fold(sent(message(2)), 0);
    expect([...model.takeChanged()].sort()).to.deep.equal(['conversation/c', 'inbox']);
    expect([...model.takeChanged()]).to.deep.equal([]);
    model.fold({ type: 'presence', userId: 'other', status: 'away' }, 0);
    expect([...model.takeChanged()]).to.deep.equal(['presence']);
  });

  it('passes over frames that it does not know', () => {
    const model = modelOf(conversation(1));
    model.fold({ type: 'something.new', conversationId: 'c' }, 0);
    model.fold({ type: 'constructor' }, 0);
    expect([...model.takeChanged()]).to.deep.equal([]);
  });
});
