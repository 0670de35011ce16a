import type { UserId } from '../../domain/kernel/ids.js';
import { streamOf } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { user } from '../../domain/users/decider.js';
import type { OwnAudits } from '../audit/own-audits.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { Archive, ArchiveFile } from '../ports/archive.js';
import type { AttemptLimits } from '../ports/attempt-limits.js';
import type { ConversationViews } from '../ports/conversation-views.js';
import type { BlobStore } from '../ports/blob-store.js';
import type { DeliveryViews, OwnDelivery } from '../ports/delivery-views.js';
import type { EventStore } from '../ports/event-store.js';
import type { MessageView, MessageViews, OwnReaction } from '../ports/message-views.js';
import type { PinViews } from '../ports/pin-views.js';
import type { MediaViews } from '../ports/media-views.js';
import type { SessionViews } from '../ports/session-views.js';
import type { ProfilePage, Relation, UserDirectory } from '../ports/user-directory.js';
import { jsonArray, jsonValue } from './json-file.js';
import { mediaFiles } from './media-files.js';
import { paged, pagedBehind } from './pages.js';
import { withoutSecrets } from './without-secrets.js';

export interface ExportParts {
  readonly store: EventStore;
  readonly directory: UserDirectory;
  readonly sessions: SessionViews;
  readonly conversations: ConversationViews;
  readonly messages: MessageViews;
  readonly deliveries: Pick<DeliveryViews, 'deliveredTo'>;
  readonly pins: PinViews;
  readonly media: MediaViews;
  readonly blobs: BlobStore;
  readonly limits: AttemptLimits;
  /** Tells which auditors looked at what of a user, and why. */
  readonly audits: OwnAudits;
}

/** The file that a user gets. */
export interface UserExport {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: AsyncIterable<Uint8Array>;
}

const filesOf = (
  userId: UserId,
  { store, directory, sessions, conversations, messages, deliveries, pins, audits }: ExportParts,
): ArchiveFile[] => {
  const related = (relation: Relation) =>
    jsonArray(
      paged(async (cursor, limit) => {
        const { profiles, nextCursor }: ProfilePage = await directory.related(userId, relation, { cursor, limit });
        return { items: profiles, nextCursor };
      }),
    );
  const inbox = paged(async (cursor, limit) => {
    const page = await conversations.inbox(userId, { before: cursor, limit });
    // The export holds no message of another user.
    const items = page.conversations.map(({ lastMessage: _, ...conversation }) => conversation);
    return { items, nextCursor: page.nextCursor };
  });
  async function* history() {
    for await (const { type, position, data, metadata } of store.readStream(streamOf(user.category, userId)))
      yield { type, position, recordedAt: metadata.recordedAt, data: withoutSecrets(data) };
  }
  const sent = () => pagedBehind<MessageView>((after, limit) => messages.sentBy(userId, after, limit));
  const reacted = () => pagedBehind<OwnReaction>((after, limit) => messages.reactedBy(userId, after, limit));
  const delivered = () => pagedBehind<OwnDelivery>((after, limit) => deliveries.deliveredTo(userId, after, limit));
  return [
    { name: 'profile.json', content: jsonValue(() => directory.findOwnProfile(userId)) },
    { name: 'settings.json', content: jsonValue(() => directory.findSettings(userId)) },
    { name: 'sessions.json', content: jsonValue(() => sessions.all(userId)) },
    { name: 'contacts.json', content: related('contacts') },
    { name: 'blocks.json', content: related('blocks') },
    { name: 'conversations.json', content: jsonArray(inbox) },
    { name: 'messages.json', content: jsonArray(sent()) },
    { name: 'pins.json', content: jsonValue(() => pins.pinnedBy(userId)) },
    { name: 'reactions.json', content: jsonArray(reacted()) },
    { name: 'deliveries.json', content: jsonArray(delivered()) },
    { name: 'history.json', content: jsonArray(history()) },
    { name: 'audits.json', content: jsonArray(audits(userId)) },
  ];
};

/** Packs everything that is held on the actor into one archive. */
export const exportUser =
  (parts: ExportParts, archive: Archive) =>
  async ({ actor, address, now }: CommandContext): Promise<UserExport> => {
    await parts.limits.take('export', { address, subject: actor });
    if (!(await parts.directory.findOwnProfile(actor))) reject('user_not_found');
    return {
      fileName: `chatapp-export-${now.slice(0, 10)}.${archive.extension}`,
      contentType: archive.contentType,
      content: archive.pack([...filesOf(actor, parts), ...(await mediaFiles(actor, parts))]),
    };
  };
