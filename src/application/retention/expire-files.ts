import type { HoldState } from '../../domain/holds/decider.js';
import { streamOf, type MediaId, type MessageId, type UserId } from '../../domain/kernel/ids.js';
import { media } from '../../domain/media/decider.js';
import { message } from '../../domain/messages/decider.js';
import type { OriginalMessage } from '../../domain/messages/state.js';
import { storage } from '../../domain/storage/decider.js';
import type { StandingHolds } from '../holds/standing-holds.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision, decisionOn, type Decision } from '../kernel/decision.js';
import { load, unchanged } from '../kernel/loaded.js';
import type { ReadYourWrites } from '../kernel/read-your-writes.js';
import type { Transact } from '../kernel/transact.js';
import { blobsOf } from '../media/blob-names.js';
import { removeBlobs } from '../media/remove-blobs.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { MessageViews } from '../ports/message-views.js';
import type { Users } from '../users/remembered-users.js';
import { eachDecodable } from './each-decodable.js';
import { holdOnMessage } from './hold-on-message.js';

export interface ExpireFilesParts {
  readonly transact: Transact;
  readonly store: EventStore;
  readonly holds: Pick<StandingHolds, 'current'>;
  readonly users: Users;
  readonly views: Pick<MessageViews, 'isAttached'>;
  readonly readYourWrites: ReadYourWrites;
  readonly blobs: BlobStore;
}

type Carrier = Pick<OriginalMessage, 'senderId' | 'conversationId' | 'attachments'>;

/** A file, and a message that has carried it. */
interface Carried {
  readonly mediaId: MediaId;
  readonly by: Carrier;
}

/** What one attempt wants to append, and the file that is gone by it. */
interface FilePlan {
  readonly decisions: readonly Decision<unknown>[];
  readonly require: readonly StreamCondition[];
  readonly answer: () => { readonly file: { readonly uploaderId: UserId } | undefined };
}

const NOTHING: FilePlan = { decisions: [], require: [], answer: () => ({ file: undefined }) };

/**
 * Removes the files of these messages, whose time is over, where no message carries them any more and no profile shows them. Answers
 * how many. Raises `ProjectionLaggingError`.
 */
export const expireFiles = (parts: ExpireFilesParts) => {
  const { transact, store, holds, users, views, readYourWrites, blobs } = parts;

  /** Whether a message or the profile of its uploader still shows it, as the log has it now. */
  const isShown = async (mediaId: MediaId, avatar: MediaId | null): Promise<boolean> => {
    await readYourWrites('messages', await store.head());
    return avatar === mediaId || views.isAttached(mediaId);
  };

  /** Says whether a hold stands on one of the messages that have carried a file: its sender may have deleted that one. */
  const isHeldByAny = async (held: HoldState, by: Carrier, others: ReadonlySet<MessageId>): Promise<boolean> => {
    if (held.standing.size === 0) return false;
    const isHeldBack = holdOnMessage(store, held);
    if (await isHeldBack(by)) return true;
    for (const messageId of others) {
      const { state } = await load(store, message, messageId);
      if (state.status !== 'absent' && (await isHeldBack(state.original))) return true;
    }
    return false;
  };

  /**
   * Each message that carries a file leaves an event in the stream of the file. So the append is refused where one has come since, and
   * the read model, which has come as far as the log, knows those before.
   */
  const plan = async ({ mediaId, by }: Carried, { now: at }: CommandContext<null>): Promise<FilePlan> => {
    const [loaded, held] = [await load(store, media, mediaId), await holds.current()];
    if (loaded.state.status !== 'attached') return NOTHING;
    const { file } = loaded.state;
    const owner = await users.current(file.uploaderId);
    const avatar = owner.state.status === 'registered' ? owner.state.avatarMediaId : null;
    const isHeld = await isHeldByAny(held.state, by, loaded.state.carriers);
    const data = { isShown: await isShown(mediaId, avatar), isHeld, at };
    const removing = decisionOn(media, loaded, { type: 'RemoveExpiredMedia', data });
    if ((await removing.decide(store, 0)).facts.length === 0) return NOTHING;
    const freed = { userId: file.uploaderId, mediaId, bytes: file.size, at };
    const freeing = decision(storage, file.uploaderId, { type: 'FreeStorage', data: freed });
    const decisions: readonly Decision<unknown>[] = [removing, freeing];
    const require = [held, owner].map(unchanged);
    return { decisions, require, answer: () => ({ file }) };
  };

  const removeFile = async (carried: Carried, context: CommandContext<null>): Promise<boolean> => {
    const { answer } = await transact(context, () => plan(carried, context));
    if (!answer.file) return false;
    await removeBlobs(blobs, blobsOf(answer.file.uploaderId, carried.mediaId));
    return true;
  };

  return async (messages: readonly Carrier[], newContext: () => CommandContext<null>): Promise<number> => {
    const carried = messages.flatMap((by) => (by.attachments ?? []).map(({ mediaId }) => ({ mediaId, by })));
    const heads = await store.heads(carried.map(({ mediaId }) => streamOf(media.category, mediaId)));
    let removed = 0;
    for (const each of carried) {
      const isGone = heads.get(streamOf(media.category, each.mediaId))?.type === 'MediaRemoved';
      if (!isGone) removed += await eachDecodable([each], async () => ((await removeFile(each, newContext())) ? 1 : 0));
    }
    return removed;
  };
};

export type ExpireFiles = ReturnType<typeof expireFiles>;
