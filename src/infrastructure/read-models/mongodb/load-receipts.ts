import type { MemberRow } from '../../../application/projections/messages-tables.js';
import { MOST_MEMBERS_TOLD, TOLD_AGAIN_MS } from '../../../application/reading/told-again.js';
import type { Position, UserId } from '../../../domain/kernel/ids.js';
import { forEachOf, type LoadedMessages } from './loaded-messages.js';
import { stored } from './row-documents.js';

/** The collections of watermarks, with the fields that say when. */
const WATERMARKS = [
  { name: 'reads', time: 'readAt' },
  { name: 'deliveries', time: 'deliveredAt' },
] as const;

const timeOf = (row: object, time: string): number => Date.parse(String(Reflect.get(row, time)));

/** Reads the newest watermark of each conversation that the viewer may have heard of. Answers when the newest of them was made. */
const loadHeard = async (loaded: LoadedMessages, told: readonly MemberRow[], after: Position): Promise<number> => {
  const heard = { $lte: stored(after) };
  const times = await forEachOf(told, async ({ conversationId }) => {
    const last = WATERMARKS.map(async ({ name, time }) => {
      const rows: readonly object[] = await loaded.last(name, { conversationId, position: heard });
      return rows.map((row) => timeOf(row, time));
    });
    return (await Promise.all(last)).flat();
  });
  return Math.max(...times.flat());
};

/**
 * Reads the watermarks in the conversations of a viewer that are told behind a position: those behind it, and those before it
 * that may not have been told yet.
 */
export const loadReceipts = async (loaded: LoadedMessages, viewer: UserId, after: Position): Promise<void> => {
  const members = await loaded.memberships([viewer]);
  const heads = await loaded.conversations(members.map(({ conversationId }) => conversationId));
  const small = new Set(
    heads.filter((each) => each.memberCount <= MOST_MEMBERS_TOLD).map((each) => each.conversationId),
  );
  const told = members.filter(({ conversationId }) => small.has(conversationId));
  const newest = await loadHeard(loaded, told, after);
  const heard = { $lte: stored(after) };
  const before = Number.isFinite(newest) ? new Date(newest - TOLD_AGAIN_MS).toISOString() : undefined;
  await forEachOf(told, ({ conversationId }) =>
    Promise.all(
      WATERMARKS.flatMap(({ name, time }) => [
        loaded.read(name, { conversationId, position: loaded.behind(after) }),
        ...(before === undefined
          ? []
          : [
              loaded.read(name, { conversationId, position: heard, [time]: { $gte: before } }),
              // It ends what is looked at: what is before it was told.
              loaded.last(name, { conversationId, position: heard, [time]: { $lt: before } }),
            ]),
      ]),
    ),
  );
};
