import { isId } from '../kernel/is-id.js';
import { USERS_A_SIGNAL, type PresenceSignal, type Told } from './presence-exchange.js';
import type { PresenceStatus } from './presence.js';

const STATUSES: ReadonlySet<unknown> = new Set<PresenceStatus>(['online', 'away', 'offline']);
/** The last time that a `Date` can hold. */
const LATEST_TIME = 8.64e15;

type Given = Readonly<Record<string, unknown>>;

const isTime = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) <= LATEST_TIME;

const isTold = (value: unknown): value is Told =>
  Array.isArray(value) && isId(value[0]) && STATUSES.has(value[1]) && isTime(value[2]);

const hasUsers = ({ users }: Given): boolean =>
  Array.isArray(users) && users.length <= USERS_A_SIGNAL && users.every(isTold);

/** Says, by kind, whether the rest of a signal is as it must be. */
const IS_WHOLE: Readonly<Record<PresenceSignal['kind'], (given: Given) => boolean>> = {
  beat: () => true,
  bye: () => true,
  ask: ({ of }) => of === null || isId(of),
  changes: hasUsers,
  snapshot: (given) => typeof given['begins'] === 'boolean' && typeof given['ends'] === 'boolean' && hasUsers(given),
};

const isKind = (kind: unknown): kind is PresenceSignal['kind'] =>
  typeof kind === 'string' && Object.hasOwn(IS_WHOLE, kind);

/** Reads what another program has sent; undefined when it is no signal about presence, or of a kind that is not known here. */
export const readPresenceSignal = (content: unknown): PresenceSignal | undefined => {
  if (typeof content !== 'object' || content === null) return undefined;
  const { kind } = content as Given;
  return isKind(kind) && IS_WHOLE[kind](content as Given) ? (content as PresenceSignal) : undefined;
};
