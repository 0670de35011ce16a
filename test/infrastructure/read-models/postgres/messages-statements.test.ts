import { expect } from 'chai';
import { project } from '../../../../src/application/projections/projector.js';
import { messagesProjection } from '../../../../src/application/projections/registry.js';
import { MessagesBatch } from '../../../../src/infrastructure/read-models/postgres/messages-batch.js';
import { attachmentNumber } from '../../../support/attachments.js';
import { fact } from '../../../support/events.js';
import { type ada, bob, messageNumber } from '../../../support/ids.js';
import { recorded } from '../../../support/projections.js';

// Each statement of a batch costs as much as all of its rows, so sending must not run statements for changes that did
// not happen.
describe('The statements of a batch of messages', () => {
  const started = fact('ConversationStarted');
  const sent = (n: number, mentions: (typeof ada)[] = []) =>
    fact('MessageSent', { messageId: messageNumber(n), ...(mentions.length > 0 && { mentions }) });

  /** Answers the names of the statements that run for these events, after those that are stored already. */
  const namesOf = (stored: Parameters<typeof recorded>[0], facts: Parameters<typeof recorded>[0]) => {
    const batch = new MessagesBatch();
    for (const event of recorded(stored)) project(messagesProjection, batch.writers, event);
    batch.taken();
    batch.settle([]);
    for (const event of recorded(facts, stored.length)) project(messagesProjection, batch.writers, event);
    return batch.statements().map(({ name }) => name);
  };

  it('are one for any number of messages that are sent and read', () =>
    expect(namesOf([started, sent(1)], [sent(2), sent(3), fact('MessageRead')])).to.deep.equal(['messages.save']));

  it('are no more where a message carries files', () => {
    const carrying = fact('MessageSent', { messageId: messageNumber(2), attachments: [attachmentNumber(1)] });
    expect(namesOf([started, sent(1)], [carrying])).to.deep.equal(['messages.save']);
  });

  it('are one more for each kind of thing that is done beside it', () => {
    const known = [started, sent(1)];
    const changing = ['messages.save', 'messages.change', 'messages.save_mentions'];
    expect(namesOf(known, [fact('MessageEdited')])).to.deep.equal(changing);
    expect(namesOf(known, [fact('ReactionAdded'), fact('ReactionRemoved')])).to.deep.equal([
      ...changing,
      'messages.save_reactions',
    ]);
    expect(namesOf(known, [sent(2, [bob])])).to.deep.equal(['messages.save', 'messages.save_mentions']);
    expect(namesOf(known, [fact('MessagePinned')])).to.deep.equal(['messages.save_pins']);
    expect(namesOf(known, [fact('PreferencesChanged')])).to.deep.equal(['messages.save_preferences']);
  });
});
