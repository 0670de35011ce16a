import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { conversationNumber, messageNumber, userNumber } from '../support/ids.js';
import { recorded, type Fact } from '../support/projections.js';
import { fact } from '../support/events.js';
import type { Instant, UserId } from '../../src/domain/kernel/ids.js';

const CONVERSATIONS = 100;
const SENDERS = 200;
const WORDS = 30_000;
const SYLLABLES =
  'ba be bi bo bu da de di do du fa fe ga ge ha he ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se si so ta te ti to va ve vi za'.split(
    ' ',
  );
const HAN =
  '的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从';

/** A generator of numbers that gives the same ones each time. */
const numbers = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const wordOf = (random: () => number): string =>
  Array.from({ length: 1 + Math.floor(random() * 4) }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join(
    '',
  ) + 'nrstlm'.charAt(Math.floor(random() * 6));

/** Few words come often, most seldom, as in a language. */
const ranked = (random: () => number): number => Math.floor(WORDS ** random()) - 1;

export const viewer: UserId = userNumber(1);

/** The events of 100 conversations of one user with 200 others. */
export function* conversationsStarted(): Generator<Fact> {
  for (let n = 1; n <= CONVERSATIONS; n += 1) {
    const members = [viewer, userNumber(2 + (n % SENDERS))].map((userId) => ({ userId, role: 'member' as const }));
    yield fact('ConversationStarted', {
      conversationId: conversationNumber(n),
      kind: 'group',
      title: 'Bench',
      members,
    });
  }
}

/** Messages, some of them Chinese: half with `lunch`, half with `coffee`, three with both, and seven with `needle`. */
export function* messagesSent(count: number): Generator<Fact> {
  const random = numbers(7);
  const vocabulary = Array.from({ length: WORDS }, () => wordOf(random));
  const han = Array.from(HAN);
  const [both, needles] = [Math.floor(count / 4), Math.floor(count / 8)];
  for (let n = 0; n < count; n += 1) {
    const isChinese = n % 10 === 0;
    const words = isChinese
      ? [Array.from({ length: 12 }, () => han[Math.floor(random() ** 2 * han.length)]).join('')]
      : Array.from({ length: 3 + Math.floor(random() * 9) }, () => vocabulary[ranked(random)]);
    words.push(random() < 0.5 ? 'Lunch' : 'Coffee');
    if (n % both === 5) words.push('lunch', 'coffee');
    if (n % needles === 7) words.push('needle');
    if (n === 1_000) words.push('龙猫');
    yield fact('MessageSent', {
      messageId: messageNumber(n + 1),
      conversationId: conversationNumber(1 + Math.floor(random() * CONVERSATIONS)),
      senderId: userNumber(1 + Math.floor(random() * SENDERS)),
      text: words.join(' '),
      sentAt: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString() as Instant,
    });
  }
}

/** Gives facts as recorded events, so many at a time. */
export function* batchesOf(facts: Iterable<Fact>, size: number, after = 0): Generator<RecordedEvent[]> {
  let [batch, position]: [Fact[], number] = [[], after];
  for (const each of facts) {
    batch.push(each);
    if (batch.length < size) continue;
    yield recorded(batch, position);
    [batch, position] = [[], position + batch.length];
  }
  if (batch.length > 0) yield recorded(batch, position);
}
