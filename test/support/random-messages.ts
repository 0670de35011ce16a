import fc from 'fast-check';
import { fact } from './events.js';
import { at, conversationNumber, messageNumber, userNumber } from './ids.js';
import type { Fact } from './projections.js';

/** Words of several scripts, some of them parts of others. */
export const SOME_WORDS = [
  'tea',
  'steak',
  'Kürbis',
  'ea',
  '東京',
  '東京タワー',
  'สวัสดี',
  'مرحبا',
  '한국어',
  '👍🏽',
  '50%',
  'a',
] as const;

const USERS = 4;
const CONVERSATIONS = 2;

const number = (max: number) => fc.integer({ min: 1, max });
const text = fc.array(fc.constantFrom(...SOME_WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

const happening = fc.oneof(
  {
    weight: 300,
    arbitrary: fc.record({
      type: fc.constant('sent' as const),
      conversation: number(CONVERSATIONS),
      sender: number(USERS),
      text,
    }),
  },
  { weight: 40, arbitrary: fc.record({ type: fc.constant('edited' as const), message: fc.nat(), text }) },
  { weight: 20, arbitrary: fc.record({ type: fc.constant('deleted' as const), message: fc.nat() }) },
  // Of three users, so that somebody stays.
  { weight: 1, arbitrary: fc.record({ type: fc.constant('erased' as const), sender: number(USERS - 1) }) },
);

/** Makes facts of what happens: changes are about messages that are there, wherever they stand. */
const factsOf = (happenings: readonly (typeof happening extends fc.Arbitrary<infer One> ? One : never)[]): Fact[] => {
  const sent: {
    messageId: ReturnType<typeof messageNumber>;
    conversationId: ReturnType<typeof conversationNumber>;
    senderId: ReturnType<typeof userNumber>;
  }[] = [];
  return happenings.flatMap((each): Fact[] => {
    if (each.type === 'erased') return [fact('UserErased', { userId: userNumber(each.sender) })];
    if (each.type === 'sent') {
      const place = {
        messageId: messageNumber(sent.length + 1),
        conversationId: conversationNumber(each.conversation),
        senderId: userNumber(each.sender),
      };
      sent.push(place);
      return [fact('MessageSent', { ...place, text: each.text, sentAt: at(sent.length) })];
    }
    const place = sent[each.message % Math.max(1, sent.length)];
    if (!place) return [];
    return [
      each.type === 'edited' ? fact('MessageEdited', { ...place, text: each.text }) : fact('MessageDeleted', place),
    ];
  });
};

/** Some hundred messages of four users in two conversations: sent, edited, deleted, and gone with their users. */
export const randomMessages = (length: number): fc.Arbitrary<Fact[]> =>
  fc
    .array(happening, { minLength: length, maxLength: length })
    .map((happenings) => [
      ...Array.from({ length: CONVERSATIONS }, (_, n) =>
        fact('ConversationStarted', { conversationId: conversationNumber(n + 1) }),
      ),
      ...factsOf(happenings),
    ]);
