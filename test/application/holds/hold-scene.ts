import { standingHolds } from '../../../src/application/holds/standing-holds.js';
import { holdUseCases } from '../../../src/application/holds/use-cases.js';
import { grantRole } from '../../../src/application/roles/grant-role.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import { eraseUser } from '../../../src/application/users/erase-user.js';
import { rememberUsers } from '../../../src/application/users/remembered-users.js';
import type { ConversationId, UserId } from '../../../src/domain/kernel/ids.js';
import { createWorld, type World } from '../kernel/world.js';

/** One of several servers on the log of a world: what it remembers of the log is its own. */
const serverOn = (world: World) => {
  const users = rememberUsers(world.store);
  const holds = standingHolds(world.store);
  const parts = { ...world, users, holds, requireRole: requireRole(users) };
  const erase = eraseUser(world.transact, { ...parts, onErased: () => undefined });
  const { placeHold, liftHold, listHolds } = holdUseCases(parts);
  const inputOf = (userId: UserId, matter: string) => ({
    subject: { userId, conversationId: null },
    matter,
    reason: 'Complaint 2026-17',
  });
  return {
    holds,
    listHolds,
    hold: (userId: UserId, by: UserId | null, matter = 'general') =>
      placeHold(inputOf(userId, matter), world.contextOf(by)),
    holdConversation: (conversationId: ConversationId, by: UserId | null) =>
      placeHold(
        { subject: { userId: null, conversationId }, matter: 'general', reason: 'Complaint' },
        world.contextOf(by),
      ),
    lift: (userId: UserId, by: UserId | null, matter = 'general') =>
      liftHold(inputOf(userId, matter), world.contextOf(by)),
    erase: (userId: UserId) => erase(userId, world.contextOf(userId), async () => []),
  };
};

/** Two servers on one log, an auditor, and a user. */
export const createHoldScene = async () => {
  const world = await createWorld();
  const grant = grantRole(world.transact, requireRole(world.users));
  const [eva, ada] = [await world.user('eva'), await world.user('ada')];
  await grant({ userId: eva, role: 'auditor' }, world.contextOf(null));
  return { world, eva, ada, servers: [serverOn(world), serverOn(world)] as const };
};
