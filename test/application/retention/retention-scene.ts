import { expireFiles } from '../../../src/application/retention/expire-files.js';
import { expireMessages, type ExpiredPortion } from '../../../src/application/retention/expire-messages.js';
import { retentionRules } from '../../../src/application/retention/rules.js';
import { ruleUseCases } from '../../../src/application/retention/change-rules.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import { decision } from '../../../src/application/kernel/decision.js';
import { secondsAfter } from '../../../src/application/kernel/seconds-after.js';
import { standingHolds } from '../../../src/application/holds/standing-holds.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import type { ConversationId, MediaId, MessageId, Position, UserId } from '../../../src/domain/kernel/ids.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { message } from '../../../src/domain/messages/decider.js';
import type { BlobStore } from '../../../src/application/ports/blob-store.js';
import { attachmentNumber } from '../../support/attachments.js';
import { createHoldScene } from '../holds/hold-scene.js';
import type { World } from '../kernel/world.js';

const DAY_SECONDS = 86_400;

/** Removes nothing: there are no files. */
const noBlobs = { remove: async () => undefined } as unknown as BlobStore;

export interface RetentionOptions {
  /** Says whether a message carries the file that is not deleted. */
  readonly isAttached?: (mediaId: MediaId) => Promise<boolean>;
  readonly blobs?: BlobStore;
}

/** The retention of one of several servers on the log of a world. */
export const retentionOn = (
  world: World,
  { isAttached = async () => false, blobs = noBlobs }: RetentionOptions = {},
) => {
  const parts = { ...world, rules: retentionRules(world.store), holds: standingHolds(world.store), blobs };
  const files = expireFiles({ ...parts, views: { isAttached }, readYourWrites: async () => undefined });
  const expire = expireMessages({ ...parts, expireFiles: files });
  return {
    ...ruleUseCases({ ...parts, requireRole: requireRole(world.users) }),
    expireRound: expire,
    /** Carries out one round, and answers its portions. */
    expire: async (days: number, after: Position = LOG_START): Promise<ExpiredPortion[]> => {
      const portions: ExpiredPortion[] = [];
      const newContext = () => world.contextOf(null);
      await expire({ days, after, newContext, onPortion: (portion) => portions.push(portion) });
      return portions;
    },
  };
};

/** An auditor, two users who talk, and messages of any age. */
export const createRetentionScene = async (options: RetentionOptions = {}) => {
  const scene = await createHoldScene();
  const { world, ada, eva } = scene;
  const bob = await world.user('bob');
  const ago = (days: number) => secondsAfter(world.now(), -days * DAY_SECONDS);

  const talk = async (...members: readonly UserId[]): Promise<ConversationId> => {
    const conversationId = world.identifiers.newConversationId();
    const [by, ...memberIds] = members as [UserId, ...UserId[]];
    const data = { conversationId, title: 'Engines', memberIds, by, at: ago(1_000) };
    await world.transact(world.contextOf(by), async () => ({
      decisions: [decision(conversation, conversationId, { type: 'StartGroup', data })],
      answer: () => ({}),
    }));
    return conversationId;
  };

  const sent = async (by: UserId, conversationId: ConversationId, days: number, files: readonly number[] = []) => {
    const messageId = world.identifiers.newMessageId();
    const attachments = files.map((n) => attachmentNumber(n));
    const data = {
      messageId,
      conversationId,
      text: 'hello',
      replyTo: null,
      mentions: [],
      attachments,
      by,
      at: ago(days),
    };
    await world.transact(world.contextOf(by), async () => ({
      decisions: [decision(message, messageId, { type: 'SendMessage', data }, { expectNew: true })],
      answer: () => ({}),
    }));
    return messageId;
  };

  const isThere = async (messageId: MessageId): Promise<boolean> =>
    !(await world.typesIn(`message-${messageId}`)).includes('MessageDeleted');

  const retention = retentionOn(world, options);
  const keep = (days: number | null, conversationId: ConversationId | null = null) =>
    retention.setRetention({ conversationId, days, reason: 'Policy of 2026' }, world.contextOf(eva));
  return { ...scene, ada, bob, talk, sent, isThere, retention, keep };
};
