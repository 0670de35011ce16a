import type { MessageCommands } from '../../../src/domain/messages/commands.js';
import { message } from '../../../src/domain/messages/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, messageNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const messageId = messageNumber(1);
const { given } = specOf(message);
const sent = fact('MessageSent');
const edited = fact('MessageEdited');
const deleted = fact('MessageDeleted');

describe('EditMessage', () => {
  const edit = (changes: Partial<MessageCommands['EditMessage']> = {}) => {
    const { text, editedAt } = edited.data;
    return { type: 'EditMessage', data: { messageId, text, mentions: [], by: ada, at: editedAt, ...changes } } as const;
  };

  it('records the new text', () => given(sent).when(edit()).thenEvents(edited));
  it('records whom the new text mentions, and nobody where it mentions nobody', () => {
    const mentioning = fact('MessageEdited', { mentions: [bob] });
    given(sent)
      .when(edit({ mentions: [bob] }))
      .thenEvents(mentioning);
    given(fact('MessageSent', { mentions: [bob] }))
      .when(edit())
      .thenEvents(edited);
  });
  it('records the text that it had before, when it comes back', () =>
    given(sent, edited)
      .when(edit({ text: sent.data.text }))
      .thenEvents(fact('MessageEdited', { text: sent.data.text })));
  it('changes nothing where the text is the same, whenever that is', () => {
    given(sent)
      .when(edit({ text: sent.data.text }))
      .thenNothing();
    given(sent, edited)
      .when(edit({ at: at(9_999) }))
      .thenNothing();
  });
  it('is refused to anyone but the sender', () =>
    given(sent)
      .when(edit({ by: bob }))
      .thenRejected('forbidden'));
  it('is refused where there is no message, or none any more', () => {
    given().when(edit()).thenRejected('message_not_found');
    given(sent, deleted).when(edit()).thenRejected('message_not_found');
    given(sent, deleted, edited).when(edit()).thenRejected('message_not_found');
  });
});

describe('DeleteMessage', () => {
  const remove = (changes: Partial<MessageCommands['DeleteMessage']> = {}) => {
    const data = { messageId, isModerator: false, by: ada, at: deleted.data.deletedAt, ...changes };
    return { type: 'DeleteMessage', data } as const;
  };

  it('leaves a tombstone', () => given(sent, edited).when(remove()).thenEvents(deleted));
  it('is for the sender, and for those who moderate', () => {
    given(sent)
      .when(remove({ by: bob }))
      .thenRejected('forbidden');
    given(sent)
      .when(remove({ by: bob, isModerator: true }))
      .thenEvents(fact('MessageDeleted', { deletedBy: bob }));
  });
  it('changes nothing where it was deleted before, whoever did it', () => {
    given(sent, deleted)
      .when(remove({ by: bob, isModerator: true, at: at(9_999) }))
      .thenNothing();
    given(sent, deleted)
      .when(remove({ by: bob }))
      .thenRejected('forbidden');
  });
  it('is refused where there is no message', () => given().when(remove()).thenRejected('message_not_found'));
});

describe('ExpireMessage', () => {
  const expire = (sentBefore = at(9_999), isHeld = false) =>
    ({ type: 'ExpireMessage', data: { messageId, sentBefore, days: 30, isHeld, at: deleted.data.deletedAt } }) as const;
  const expired = fact('MessageDeleted', { deletedBy: null, retentionDays: 30 });

  it('leaves a tombstone that says so', () => given(sent, edited).when(expire()).thenEvents(expired));
  it('leaves what was sent later', () => given(sent).when(expire(sent.data.sentAt)).thenNothing());
  it('leaves what is held', () =>
    given(sent)
      .when(expire(at(9_999), true))
      .thenNothing());
  it('changes nothing where the message is deleted, or was never there', () => {
    given(sent, deleted).when(expire()).thenNothing();
    given().when(expire()).thenNothing();
  });
});
