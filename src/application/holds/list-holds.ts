import { idOfSubject, type StandingHold } from '../../domain/holds/decider.js';
import type { ConversationId, Instant, UserId } from '../../domain/kernel/ids.js';
import { holdCursor, openHoldCursor } from './hold-cursor.js';
import type { StandingHolds } from './standing-holds.js';

/** A hold as it is shown. */
export interface HoldView {
  readonly userId: UserId | null;
  readonly conversationId: ConversationId | null;
  readonly matter: string;
  readonly placedBy: UserId | null;
  readonly placedAt: Instant;
  readonly reason: string;
}

const keyOf = ({ subject, matter }: StandingHold): string => `${idOfSubject(subject)}/${matter}`;

const viewOf = ({ subject, ...hold }: StandingHold): HoldView => ({ ...subject, ...hold });

/** Lists the holds that stand, by user or conversation and matter: a page goes on behind the last, whatever has come or gone meanwhile. */
export const listHolds =
  ({ current }: Pick<StandingHolds, 'current'>) =>
  async (cursor: string | undefined, limit: number) => {
    const { state } = await current();
    const after = openHoldCursor(cursor);
    const left = [...state.standing.values()]
      .flat()
      .map((hold) => ({ key: keyOf(hold), hold }))
      .filter(({ key }) => key > after)
      .sort((one, other) => (one.key < other.key ? -1 : 1));
    const page = left.slice(0, limit);
    const last = page.at(-1);
    return {
      holds: page.map(({ hold }) => viewOf(hold)),
      nextCursor: last && left.length > page.length ? holdCursor(last.key) : null,
    };
  };
