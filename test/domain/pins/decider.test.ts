import { MAX_PINS, pins, type PinCommands } from '../../../src/domain/pins/decider.js';
import { fact } from '../../support/events.js';
import { ada, messageNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(pins);
const pinned = fact('MessagePinned');
const unpinned = fact('MessageUnpinned');
const { messageId, conversationId, pinnedBy: by, pinnedAt } = pinned.data;
const pinnedToo = (n: number) => fact('MessagePinned', { messageId: messageNumber(n + 2) });

describe('PinMessage', () => {
  const pin = (changes: Partial<PinCommands['PinMessage']> = {}) =>
    ({ type: 'PinMessage', data: { messageId, conversationId, by, at: pinnedAt, ...changes } }) as const;

  it('records that the message is pinned, and by whom', () => given().when(pin()).thenEvents(pinned));
  it('changes nothing where it is pinned, whoever did it', () =>
    given(pinned)
      .when(pin({ by: ada }))
      .thenNothing());
  it('records it again where it was taken down', () => given(pinned, unpinned).when(pin()).thenEvents(pinned));
  it('is refused where 50 are pinned, until one of them is taken down', () => {
    const full = Array.from({ length: MAX_PINS }, (_, n) => pinnedToo(n));
    given(...full)
      .when(pin())
      .thenRejected('pins_full');
    given(...full)
      .when(pin({ messageId: messageNumber(2) }))
      .thenNothing();
    given(...full, fact('MessageUnpinned', { messageId: messageNumber(2) }))
      .when(pin())
      .thenEvents(pinned);
  });
});

describe('UnpinMessage', () => {
  const unpin = (changes: Partial<PinCommands['UnpinMessage']> = {}) => {
    const data = { messageId, conversationId, by: ada, at: unpinned.data.unpinnedAt, ...changes };
    return { type: 'UnpinMessage', data } as const;
  };

  it('records that the message was taken down, and by whom', () => given(pinned).when(unpin()).thenEvents(unpinned));
  it('changes nothing where it is not pinned', () => {
    given().when(unpin()).thenNothing();
    given(pinned)
      .when(unpin({ messageId: messageNumber(9) }))
      .thenNothing();
  });
});
