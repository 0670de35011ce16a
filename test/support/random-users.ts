import fc from 'fast-check';
import type { Fact } from './projections.js';
import { fact } from './events.js';
import { at, mediaNumber, sessionNumber, ticketNumber, userNumber } from './ids.js';

const USERS = 4;

/** One step in the life of a user. */
const happening = fc.record({
  what: fc.constantFrom(
    ...([
      'verify',
      'rename',
      'settle',
      'befriend',
      'unfriend',
      'block',
      'unblock',
      'grant',
      'revoke',
      'erase',
    ] as const),
    ...(['logIn', 'logIn', 'refresh', 'logOut', 'logOutAll', 'ask', 'forget'] as const),
  ),
  who: fc.integer({ min: 1, max: USERS }),
  other: fc.integer({ min: 1, max: USERS }),
  n: fc.nat({ max: 5 }),
});

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** The state on which the next step depends. */
interface Life {
  readonly sessions: readonly number[];
  readonly epoch: number;
  readonly isErased: boolean;
}

/** Answers the facts of a step, given what this user has had so far. */
const factsOf = ({ what, who, other, n }: Happening, seconds: number, { sessions, epoch }: Life): Fact[] => {
  const [userId, otherId, now] = [userNumber(who), userNumber(other), at(seconds)];
  const role = n % 2 ? 'admin' : 'auditor';
  const session = sessions[n % Math.max(1, sessions.length)];
  const onSession = (make: (sessionId: ReturnType<typeof sessionNumber>) => Fact): Fact[] =>
    session === undefined ? [] : [make(sessionNumber(session))];
  const expiresAt = at(seconds + 86_400);
  const made: Readonly<Record<Happening['what'], () => Fact[]>> = {
    verify: () => [fact('EmailVerified', { userId })],
    rename: () => {
      const avatar = n % 2 === 0 ? {} : { avatarMediaId: mediaNumber(n) };
      return [
        fact('ProfileChanged', { userId, displayName: `Name ${n}`, bio: n === 0 ? null : `bio ${n}`, ...avatar }),
      ];
    },
    settle: () => [fact('SettingsChanged', { userId, readReceipts: n % 2 === 0, locale: n % 3 ? 'de' : 'en' })],
    befriend: () => [fact('ContactAdded', { userId, contactId: otherId })],
    unfriend: () => [fact('ContactRemoved', { userId, contactId: otherId })],
    block: () => [fact('UserBlocked', { userId, blockedId: otherId })],
    unblock: () => [fact('UserUnblocked', { userId, blockedId: otherId })],
    grant: () => [fact('RoleGranted', { userId, role })],
    revoke: () => [fact('RoleRevoked', { userId, role })],
    erase: () => (n === 0 ? [fact('UserErased', { userId, erasedAt: now })] : []),
    logIn: () => [
      fact('SessionStarted', {
        sessionId: sessionNumber(seconds),
        userId,
        epoch,
        startedAt: now,
        refreshExpiresAt: expiresAt,
      }),
    ],
    refresh: () =>
      onSession((sessionId) =>
        fact('SessionRefreshed', { sessionId, epoch, refreshedAt: now, refreshExpiresAt: expiresAt }),
      ),
    logOut: () => onSession((sessionId) => fact('SessionEnded', { sessionId, userId, endedAt: now })),
    logOutAll: () => [
      fact('SessionsEnded', {
        ...{ userId, epoch: epoch + 1, endedAt: now },
        exceptSessionId: session !== undefined && n % 2 ? sessionNumber(session) : null,
      }),
    ],
    ask: () => [fact('EmailVerificationRequested', { userId, ticketId: ticketNumber(seconds), expiresAt })],
    forget: () => [fact('PasswordResetRequested', { userId, ticketId: ticketNumber(seconds), expiresAt })],
  };
  return made[what]();
};

const NEW_LIFE: Life = { sessions: [], epoch: 0, isErased: false };

const lifeAfter = ({ what }: Happening, life: Life, seconds: number): Life => {
  if (what === 'logIn') return { ...life, sessions: [...life.sessions, seconds] };
  if (what === 'logOutAll') return { ...life, epoch: life.epoch + 1 };
  return { ...life, isErased: what === 'erase' };
};

/** Histories of four users. Nothing happens to a user after the erasure. */
export const userHistories = fc.array(happening, { minLength: 10, maxLength: 40 }).map((happenings): Fact[] => {
  const numbers = Array.from({ length: USERS }, (_, n) => n + 1);
  const facts: Fact[] = numbers.map((n) =>
    fact('UserRegistered', {
      ...{ userId: userNumber(n), username: `user${n}`, displayName: `User ${n}`, email: `${n}@example.org` },
    }),
  );
  const lives = new Map<number, Life>();
  const lifeOf = (n: number) => lives.get(n) ?? NEW_LIFE;
  for (const each of happenings) {
    const life = lifeOf(each.who);
    if (life.isErased || lifeOf(each.other).isErased) continue;
    const seconds = facts.length;
    const made = factsOf(each, seconds, life);
    facts.push(...made);
    if (made.length > 0) lives.set(each.who, lifeAfter(each, life, seconds));
  }
  return facts;
});
