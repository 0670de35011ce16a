import type { Instant, MessageId, UserId } from '../../domain/kernel/ids.js';
import { streamOf } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { message } from '../../domain/messages/decider.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import { shownEvent, shownUsers, type ShownEvent } from './list-events.js';

/** A message as it was from a moment on. */
interface MessageVersion extends Pick<ShownEvent, 'position' | 'erased' | 'undecodable'> {
  readonly version: number;
  readonly change: 'sent' | 'edited' | 'deleted' | 'unknown';
  /** It is null once the message is deleted, and where it cannot be decoded. */
  readonly text: string | null;
  readonly attachments: readonly object[];
  readonly mentions: readonly UserId[];
  readonly by: UserId | null;
  readonly at: Instant | null;
}

const CHANGES: Readonly<Record<string, MessageVersion['change']>> = {
  MessageSent: 'sent',
  MessageEdited: 'edited',
  MessageDeleted: 'deleted',
};

type Said = { readonly text?: string; readonly attachments?: readonly object[]; readonly mentions?: readonly UserId[] };

/** Where the next page begins: at a revision of the message's stream. It is within the 32 bits that the database has for revisions. */
export const VERSIONS_CURSOR = /^v(\d{1,9})$/;

const cursorAt = (revision: number): string => `v${revision}`;
const revisionOf = (cursor: string): number => Number(VERSIONS_CURSOR.exec(cursor)?.[1] ?? 0);

const versionOf = (event: AuditedEvent): MessageVersion => {
  const { text = null, attachments = [], mentions = [] } = (event.data ?? {}) as Said;
  const { position, erased, undecodable } = shownEvent(event);
  return {
    ...{ version: event.revision + 1, change: CHANGES[event.type] ?? 'unknown', text, attachments, mentions },
    ...{ by: event.actorId, at: event.recordedAt, position },
    ...(erased && { erased }),
    ...(undecodable && { undecodable }),
  };
};

interface Page {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Answers the versions of a message, the first one first, also those that were edited away, or deleted. Rejects `message_not_found`. */
export const messageVersions =
  ({ log }: { readonly log: Pick<AuditedLog, 'stream'> }) =>
  async (messageId: MessageId, { cursor, limit }: Page) => {
    const from = cursor === undefined ? 0 : revisionOf(cursor);
    // The stream has all of it. The index may be behind, and looks at a bounded part of the log at a time.
    const found = await log.stream(streamOf(message.category, messageId), { from, limit: limit + 1 });
    const events = found.slice(0, limit);
    const [first] = events;
    if (!first && from === 0) reject('message_not_found');
    const next = found[limit];
    return {
      versions: {
        messageId,
        conversationId: first?.conversationId ?? null,
        versions: events.map(versionOf),
        nextCursor: next ? cursorAt(next.revision) : null,
      },
      userIds: shownUsers(events),
    };
  };
