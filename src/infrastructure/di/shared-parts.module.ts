import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import { conversationAccess } from '../../application/conversations/conversation-access.js';
import { requireUsers } from '../../application/conversations/require-users.js';
import { minimumDuration } from '../../application/kernel/minimum-duration.js';
import { standingHolds } from '../../application/holds/standing-holds.js';
import { createSessionWrites } from '../../application/kernel/session-writes.js';
import { DeliveryRecorder, type DeliveryRecorderParts } from '../../application/deliveries/delivery-recorder.js';
import { markDelivered } from '../../application/deliveries/mark-delivered.js';
import { createTransact, type Transact } from '../../application/kernel/transact.js';
import { messageAccess } from '../../application/messages/message-access.js';
import { messagePlaces } from '../../application/messages/message-places.js';
import { resolveMentions } from '../../application/messages/resolve-mentions.js';
import { findDestination } from '../../application/messages/recipients.js';
import type { UserKeys } from '../../application/ports/user-keys.js';
import { handledTypes } from '../../application/projections/projector.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { retentionRules } from '../../application/retention/rules.js';
import { requireRole } from '../../application/roles/require-role.js';
import type { Credentials } from '../../application/users/credentials.js';
import { createUserLookup } from '../../application/users/user-lookup.js';
import { rememberUsers, type Users } from '../../application/users/remembered-users.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { zip } from '../archive/zip.js';
import type { Config } from '../config.js';
import { bindFromPorts, type Bind } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

const JITTER_MS = 10;
const LONGEST_JITTER_MS = 100;

/** Waits for a few milliseconds, more with each attempt. */
const jitter = async (attempt: number): Promise<void> => {
  await sleep(Math.random() * Math.min(LONGEST_JITTER_MS, JITTER_MS * (attempt + 1)));
};

/** Makes this node forget an erased user. */
const forgetUser = (keys: UserKeys, users: Users) => (userId: UserId) => {
  keys.forget(userId);
  users.forget(userId);
};

type UserUseCaseParts = Omit<Credentials, 'ticketSeconds'> & { readonly config: Config };

const credentialsOf = ({ config, ...ports }: UserUseCaseParts): Credentials => ({
  ...ports,
  ticketSeconds: { 'verify-email': config.VERIFY_TOKEN_TTL, 'password-reset': config.RESET_TOKEN_TTL },
});

type RecorderParts = Omit<DeliveryRecorderParts, 'mark'> & { readonly transact: Transact; readonly users: Users };

const recorderOf = ({ transact, users, ...ports }: RecorderParts): DeliveryRecorder =>
  new DeliveryRecorder({ ...ports, mark: markDelivered(transact, users) });

/** Binds what is asked of conversations and of their messages. */
const bindMessages = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.Deliveries, recorderOf, {
    views: TOKENS.DeliveryViews,
    transact: TOKENS.Transact,
    users: TOKENS.Users,
    identifiers: TOKENS.Identifiers,
    clock: TOKENS.Clock,
  });
  bind(TOKENS.ResolveMentions).toResolvedValue(resolveMentions, [TOKENS.UserLookup]).inSingletonScope();
  bind(TOKENS.ConversationAccess)
    .toResolvedValue(conversationAccess, [TOKENS.EventStore, TOKENS.RequireUsers])
    .inSingletonScope();
  bind(TOKENS.MessagePlaces).toResolvedValue(messagePlaces, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.MessageAccess)
    .toResolvedValue(messageAccess, [TOKENS.MessagePlaces, TOKENS.ConversationAccess])
    .inSingletonScope();
  bindFromPorts(bind, TOKENS.FindDestination, findDestination, {
    access: TOKENS.ConversationAccess,
    identifiers: TOKENS.Identifiers,
    lookup: TOKENS.UserLookup,
    requireUsers: TOKENS.RequireUsers,
    resolveMentions: TOKENS.ResolveMentions,
  });
};

/** Binds what several features are made of. */
export const sharedParts = new ContainerModule(({ bind }) => {
  bind(TOKENS.SessionWrites).toConstantValue(
    createSessionWrites(
      PROJECTIONS.filter(({ isQueried }) => isQueried).map((each) => ({ name: each.name, types: handledTypes(each) })),
    ),
  );
  bind(TOKENS.Transact)
    .toResolvedValue(
      (store, identifiers, writes, tracing) =>
        tracing.traced(store, (log) => createTransact(log, identifiers, jitter, writes.note)),
      [TOKENS.EventStore, TOKENS.Identifiers, TOKENS.SessionWrites, TOKENS.CommandTracing],
    )
    .inSingletonScope();
  bind(TOKENS.UserLookup).toResolvedValue(createUserLookup, [TOKENS.EventStore, TOKENS.KeyedHashes]).inSingletonScope();
  bind(TOKENS.Users).toResolvedValue(rememberUsers, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.StandingHolds).toResolvedValue(standingHolds, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.RetentionRules).toResolvedValue(retentionRules, [TOKENS.EventStore]).inSingletonScope();
  bind(TOKENS.RequireRole).toResolvedValue(requireRole, [TOKENS.Users]).inSingletonScope();
  bind(TOKENS.OnErased).toResolvedValue(forgetUser, [TOKENS.UserKeys, TOKENS.Users]).inSingletonScope();
  bind(TOKENS.MinimumDuration)
    .toResolvedValue(
      (log) =>
        minimumDuration(
          (milliseconds) => sleep(milliseconds),
          (error, requestId) => log.error({ err: error, requestId }, 'a link could not be mailed'),
        ),
      [TOKENS.Log],
    )
    .inSingletonScope();
  bind(TOKENS.Archive).toConstantValue(zip);
  bind(TOKENS.RequireUsers).toResolvedValue(requireUsers, [TOKENS.Users, TOKENS.EventStore]).inSingletonScope();
  bindFromPorts(bind, TOKENS.Credentials, credentialsOf, {
    config: TOKENS.Config,
    identifiers: TOKENS.Identifiers,
    hashes: TOKENS.KeyedHashes,
    passwords: TOKENS.Passwords,
    tickets: TOKENS.Tickets,
  });
  bindMessages(bind);
});
