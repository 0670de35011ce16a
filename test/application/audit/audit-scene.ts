import { auditUseCases, type AuditPorts } from '../../../src/application/audit/use-cases.js';
import type { AuditCall } from '../../../src/application/audit/audit-call.js';
import { grantRole } from '../../../src/application/roles/grant-role.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import { revokeRole } from '../../../src/application/roles/revoke-role.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createAuditedLog } from '../../../src/infrastructure/event-store/audited-log.js';
import {
  auditIndexInMemory,
  auditIndexViewsInMemory,
} from '../../../src/infrastructure/read-models/memory/audit-index.js';
import { pastIndexInMemory } from '../../../src/infrastructure/read-models/memory/past-index.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import type { PublicProfile } from '../../../src/application/ports/user-directory.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { messageNumber } from '../../support/ids.js';
import { createWorld } from '../kernel/world.js';

/** A call that shows the versions of a message. */
export const VERSIONS: AuditCall = {
  name: 'GET /audit/v1/messages/:messageId/versions',
  filter: { messageId: messageNumber(1) },
  showsContent: true,
  reason: 'Complaint 2026-17',
  requestId: null,
};

/** Auditors in a world of its own, whose server can be stopped. */
export const createAuditScene = async ({ fourEyes = false } = {}) => {
  const world = await createWorld();
  const stopping = new AbortController();
  const { transact, users, now: clock } = world;
  const required = requireRole(users);
  const log = createAuditedLog({ events: world.store, codec: createEventCodec(chatEvents, world.keys) });
  const index = auditIndexViewsInMemory(auditIndexInMemory.create, () => LOG_START);
  const pastIndex = pastIndexInMemory(auditIndexInMemory.create, () => LOG_START);
  const names = new Map<UserId, PublicProfile>();
  const profiles = async (userIds: readonly UserId[]) =>
    new Map([...names].filter(([userId]) => userIds.includes(userId)));
  const ports = {
    ...world,
    log,
    index,
    pastIndex,
    directory: { profiles },
    clock,
    requireRole: required,
    fourEyes,
    stopping: stopping.signal,
  };
  const auditWith = (other: Partial<AuditPorts>) => auditUseCases({ ...ports, ...other });
  const [grant, revoke] = [grantRole(transact, required), revokeRole(transact, required)];
  const tool = () => world.contextOf(null);
  const auditor = async (username: string): Promise<UserId> => {
    const userId = await world.user(username);
    await grant({ userId, role: 'auditor' }, tool());
    return userId;
  };
  return {
    ...world,
    log,
    index,
    audit: auditWith({}),
    auditWith,
    auditor,
    /** Says what a user is called. */
    call: (userId: UserId, username: string, displayName: string) =>
      names.set(userId, { userId, username, displayName, bio: null, avatarMediaId: null }),
    stop: () => stopping.abort(),
    revoke: (userId: UserId) => revoke({ userId, role: 'auditor' }, tool()),
  };
};

export type AuditScene = Awaited<ReturnType<typeof createAuditScene>>;

/** Asks for the approval of a call; answers the id of the request. */
export const askFor = async ({ audit, contextOf }: AuditScene, auditor: UserId) => {
  const input = { call: VERSIONS.name, filter: VERSIONS.filter, reason: VERSIONS.reason };
  return (await audit.requestAudit(input, contextOf(auditor))).requestId;
};
