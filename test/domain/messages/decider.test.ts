import { expect } from 'chai';
import type { FactOf } from '../../../src/domain/kernel/fact.js';
import { decide, fold } from '../../../src/domain/kernel/decider.js';
import type { MessageCommands } from '../../../src/domain/messages/commands.js';
import { message } from '../../../src/domain/messages/decider.js';
import type { MessageEvents } from '../../../src/domain/messages/events.js';
import { attachmentNumber } from '../../support/attachments.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, conversationNumber, messageNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const afterwards: Readonly<Record<keyof MessageEvents, FactOf<MessageEvents>>> = {
  MessageSent: fact('MessageSent'),
  MessageEdited: fact('MessageEdited'),
  MessageDeleted: fact('MessageDeleted'),
};

describe('SendMessage', () => {
  const { given } = specOf(message);
  const sent = fact('MessageSent');
  const send = (changes: Partial<MessageCommands['SendMessage']> = {}) => {
    const { senderId: by, sentAt, ...content } = sent.data;
    return {
      type: 'SendMessage',
      data: { ...content, mentions: [], attachments: [], by, at: sentAt, ...changes },
    } as const;
  };

  it('records the message', () => given().when(send()).thenEvents(sent));
  it('records what it replies to', () =>
    given()
      .when(send({ replyTo: messageNumber(2) }))
      .thenEvents(fact('MessageSent', { replyTo: messageNumber(2) })));
  it('records whom it mentions', () =>
    given()
      .when(send({ mentions: [bob] }))
      .thenEvents(fact('MessageSent', { mentions: [bob] })));
  it('records the files that it carries', () => {
    const attachments = [attachmentNumber(2), attachmentNumber(1)];
    given().when(send({ attachments })).thenEvents(fact('MessageSent', { attachments }));
  });
  it('is refused when its id stands for other files, or for the same in another order', () => {
    const [one, two] = [attachmentNumber(1), attachmentNumber(2)];
    for (const attachments of [[], [one], [two, one], [one, two, attachmentNumber(3)]])
      given(fact('MessageSent', { attachments: [one, two] }))
        .when(send({ attachments }))
        .thenRejected('idempotency_conflict');
    given(sent)
      .when(send({ attachments: [one] }))
      .thenRejected('idempotency_conflict');
  });
  it('changes nothing when it was sent before, whomever it mentions by now', () =>
    given(sent)
      .when(send({ mentions: [bob] }))
      .thenNothing());
  it('changes nothing when it was sent before, whenever that was', () =>
    given(sent)
      .when(send({ at: at(9_999) }))
      .thenNothing());

  const others: Record<string, Partial<MessageCommands['SendMessage']>> = {
    'another text': { text: 'Good evening' },
    'another conversation': { conversationId: conversationNumber(2) },
    'another sender': { by: bob },
    'a reply to something': { replyTo: messageNumber(2) },
  };
  for (const [difference, changes] of Object.entries(others))
    it(`is refused when its id stands for ${difference}`, () =>
      given(sent).when(send(changes)).thenRejected('idempotency_conflict'));
  it('is visible from then on, as it was sent', () =>
    expect(fold(message, [sent])).to.deep.equal({ status: 'visible', original: sent.data, text: sent.data.text }));

  // Comparing the present text would take a message that is sent again after an edit for another one.
  it('is the same whatever its text is by now, and no other message that says that', () => {
    const edited = { status: 'visible', original: sent.data, text: 'Good evening' } as const;
    expect(decide(message, send(), edited)).to.deep.equal([]);
    const other = () => decide(message, send({ text: edited.text }), edited);
    expect(other).to.throw().with.property('code', 'idempotency_conflict');
  });
  for (const [type, event] of Object.entries(afterwards))
    it(`is the same after any event of it: ${type}`, () => given(sent, event).when(send()).thenNothing());

  it('is the same by its sender only', () =>
    given(fact('MessageSent', { senderId: bob }))
      .when(send({ by: ada }))
      .thenRejected('idempotency_conflict'));
});
