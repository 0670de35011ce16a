import fc from 'fast-check';

export const PEOPLE = 4;
const CONVERSATIONS = 3;

/** One step that a user tries. */
export interface Attempt {
  readonly what:
    | 'erase'
    | 'start'
    | 'rename'
    | 'add'
    | 'remove'
    | 'promote'
    | 'send'
    | 'edit'
    | 'delete'
    | 'react'
    | 'unreact'
    | 'pin'
    | 'unpin'
    | 'prefer'
    | 'deliver'
    | 'read';
  readonly by: number;
  readonly whom: number;
  readonly where: number;
  readonly which: number;
}

/** Any step that a user may try. */
export const attempt = fc.record({
  what: fc.constantFrom(
    ...(['erase', 'start', 'rename', 'add', 'remove', 'promote'] as const),
    ...(['send', 'send', 'send', 'edit', 'edit', 'delete', 'deliver', 'deliver', 'read', 'read'] as const),
    ...(['react', 'react', 'react', 'unreact', 'pin', 'pin', 'unpin', 'prefer'] as const),
  ),
  by: fc.integer({ min: 1, max: PEOPLE }),
  whom: fc.integer({ min: 1, max: PEOPLE }),
  where: fc.integer({ min: 1, max: CONVERSATIONS }),
  which: fc.nat({ max: 20 }),
});

/** A list of at most twelve attempts. Each length is as likely as another; by default short ones are preferred. */
const some = fc.array(attempt, { maxLength: 12, size: 'max' });

/** A user joins a group that random attempts leave alone, between two messages, so that this case always occurs. */
const joined = { by: 1, where: 4, which: 0 };
export const attempts = fc
  .tuple(some, some, some, some)
  .map(([first, second, third, last]): readonly Attempt[] => [
    ...first,
    { what: 'start', whom: 2, ...joined },
    ...second,
    { what: 'send', whom: 2, ...joined },
    { what: 'add', whom: 3, ...joined },
    ...third,
    { what: 'send', whom: 2, ...joined },
    ...last,
  ]);

const inTwo = fc.record({
  what: attempt.map(({ what }) => what),
  by: fc.integer({ min: 1, max: PEOPLE }),
  whom: fc.integer({ min: 1, max: PEOPLE }),
  where: fc.constantFrom(1, 1, 2),
  which: fc.nat({ max: 20 }),
});

/** What always happens in a third one: the second message is replied to and deleted, the first reacted to, and a member joins late. */
const certain: readonly Attempt[] = [
  { what: 'start', by: 1, whom: 2, where: 3, which: 0 },
  { what: 'send', by: 1, whom: 2, where: 3, which: 0 },
  { what: 'send', by: 1, whom: 2, where: 3, which: 0 },
  { what: 'send', by: 1, whom: 2, where: 3, which: 2 },
  { what: 'react', by: 2, whom: 1, where: 3, which: 0 },
  { what: 'react', by: 1, whom: 2, where: 3, which: 0 },
  { what: 'unreact', by: 1, whom: 2, where: 3, which: 0 },
  { what: 'prefer', by: 2, whom: 1, where: 3, which: 1 },
  { what: 'delete', by: 1, whom: 2, where: 3, which: 1 },
  { what: 'add', by: 1, whom: 3, where: 3, which: 0 },
];

const erasure: Attempt = { what: 'erase', by: 2, whom: 1, where: 3, which: 0 };

/** Many attempts in two conversations of all users, so that most of them are accepted. In half of them users are erased. */
export const busyAttempts = fc
  .tuple(
    fc.array(
      inTwo.filter(({ what }) => what !== 'erase'),
      { minLength: 40, maxLength: 60 },
    ),
    fc.option(fc.array(inTwo, { minLength: 5, maxLength: 15 }), { freq: 2, nil: undefined }),
  )
  .map(([first, last]): readonly Attempt[] => [
    { what: 'start', by: 2, whom: 1, where: 2, which: 0 },
    ...[1, 2].flatMap((where) => [3, 4].map((whom): Attempt => ({ what: 'add', by: where, whom, where, which: 0 }))),
    ...first,
    ...certain,
    ...(last ? [erasure, ...last] : []),
  ]);
