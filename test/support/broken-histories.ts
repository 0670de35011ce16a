import fc from 'fast-check';
import { attempt, type Attempt } from './random-attempts.js';
import { historyOf } from './random-history.js';

type LastingKind = Exclude<Attempt['what'], 'erase'>;

/** Random attempts leave these conversations alone, so that each step is accepted wherever it is tried. The third message replies to the second. */
const groundwork = [
  ...[4, 5, 6, 7].map((where): Attempt => ({ what: 'start', by: 1, whom: 2, where, which: 0 })),
  ...[0, 1, 2, 3].map((which): Attempt => ({ what: 'send', by: 1, whom: 2, where: 5, which })),
  { what: 'pin', by: 1, whom: 2, where: 5, which: 3 } as const,
];
const certain: Readonly<Record<LastingKind, Omit<Attempt, 'what'>>> = {
  start: { by: 1, whom: 2, where: 8, which: 0 },
  rename: { by: 1, whom: 2, where: 4, which: 0 },
  add: { by: 1, whom: 3, where: 5, which: 0 },
  remove: { by: 1, whom: 2, where: 6, which: 0 },
  promote: { by: 1, whom: 2, where: 7, which: 1 },
  send: { by: 1, whom: 2, where: 4, which: 0 },
  edit: { by: 1, whom: 2, where: 5, which: 0 },
  delete: { by: 1, whom: 2, where: 5, which: 1 },
  react: { by: 1, whom: 2, where: 5, which: 2 },
  unreact: { by: 1, whom: 2, where: 5, which: 2 },
  pin: { by: 1, whom: 2, where: 5, which: 2 },
  unpin: { by: 1, whom: 2, where: 5, which: 3 },
  prefer: { by: 2, whom: 1, where: 7, which: 1 },
  read: { by: 2, whom: 1, where: 4, which: 1 },
  deliver: { by: 2, whom: 1, where: 5, which: 3 },
};
const oneOfEach = Object.entries(certain).map(([what, more]): Attempt => ({ what: what as LastingKind, ...more }));

/** A reply to the message that was deleted behind the break, beside one that was there before. */
const replyToDeleted: Attempt = { what: 'send', by: 1, whom: 2, where: 5, which: 2 };

const lasting = fc.array(
  attempt.filter(({ what }) => what !== 'erase'),
  { minLength: 10, maxLength: 30 },
);

/** The numbers of the users whom nobody erases. */
export const STAYING = [1, 3] as const;
const any = fc.array(
  attempt.map((each) => (each.what === 'erase' ? { ...each, by: 4 } : each)),
  { minLength: 10, maxLength: 30 },
);
/** What a user leaves in a conversation that random attempts leave alone, and their erasure behind the break. */
const left: readonly Attempt[] = [
  { what: 'send', by: 2, whom: 1, where: 5, which: 0 },
  { what: 'react', by: 2, whom: 1, where: 5, which: 3 },
];
const erasing: Attempt = { what: 'erase', by: 2, whom: 2, where: 5, which: 0 };

/**
 * A history with erasures that is known up to a break. What users do behind their own erasure counts as done at the same
 * moment. One event of each kind is accepted behind the break.
 */
export const erasedHistories = fc.tuple(any, any, any).map(([before, between, after]) => {
  const known = [...groundwork, ...left, ...before];
  const facts = historyOf([...known, ...between, ...oneOfEach, erasing, replyToDeleted, ...after]);
  return { facts, knownUpTo: historyOf(known).length };
});

/** A history that is known up to a break. One event of each kind is accepted behind the break, and nobody is erased. */
export const brokenHistories = fc.tuple(lasting, lasting, lasting).map(([before, between, after]) => {
  const known = [...groundwork, ...before];
  return {
    facts: historyOf([...known, ...between, ...oneOfEach, replyToDeleted, ...after]),
    knownUpTo: historyOf(known).length,
  };
});

/** The frames that clients are sent for one event of each kind. */
export const framesOfEachKind = [
  'conversation.member_added',
  'conversation.member_removed',
  'conversation.pinned',
  'conversation.preferences',
  'conversation.renamed',
  'conversation.role_changed',
  'conversation.started',
  'conversation.unpinned',
  'message.deleted',
  'message.delivered',
  'message.edited',
  'message.reacted',
  'message.read',
  'message.sent',
  'resync',
];
