import { ContainerModule } from 'inversify';
import { findEvents } from '../../application/audit/find-events.js';
import { ownAudits } from '../../application/audit/own-audits.js';
import { readYourWrites } from '../../application/kernel/read-your-writes.js';
import { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import { lookUpProgress } from '../../application/projections/look-up-progress.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { createAuditedLog } from '../event-store/audited-log.js';
import { createAuditIndex } from '../read-models/postgres/audit-index.js';
import { createBlocks } from '../read-models/postgres/blocks.js';
import { createMediaViews } from '../read-models/postgres/media-views.js';
import { createPastIndex } from '../read-models/postgres/past-index.js';
import { createPresenceAudience } from '../read-models/postgres/presence-audience.js';
import { createSessionViews } from '../read-models/postgres/session-views.js';
import { createUserDirectory } from '../read-models/postgres/user-directory.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createEventCodec } from '../serialization/create-event-codec.js';
import { TOKENS } from './tokens.js';

/** Binds what queries are answered from. */
export const readModels = new ContainerModule(({ bind }) => {
  bind(TOKENS.Progress)
    .toResolvedValue(
      (events, { statuses }) => new AnnouncedProgress(lookUpProgress(events, statuses, PROJECTIONS)),
      [TOKENS.StoredLog, TOKENS.MessageEngine],
    )
    .inSingletonScope();
  bind(TOKENS.ProjectedMessages).toResolvedValue(({ projected }) => projected, [TOKENS.MessageEngine]);
  bind(TOKENS.UserDirectory).toResolvedValue(createUserDirectory, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.SessionViews).toResolvedValue(createSessionViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.PresenceAudience).toResolvedValue(createPresenceAudience, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.Blocks).toResolvedValue(createBlocks, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.ConversationViews).toResolvedValue(({ conversations }) => conversations, [TOKENS.MessageEngine]);
  bind(TOKENS.PinViews).toResolvedValue(({ pins }) => pins, [TOKENS.MessageEngine]);
  bind(TOKENS.MessageViews).toResolvedValue(({ messages }) => messages, [TOKENS.MessageEngine]);
  bind(TOKENS.DeliveryViews).toResolvedValue(({ deliveries }) => deliveries, [TOKENS.MessageEngine]);
  bind(TOKENS.SearchViews).toResolvedValue(({ search }) => search, [TOKENS.MessageEngine]);
  bind(TOKENS.MediaViews).toResolvedValue(createMediaViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.AuditIndex).toResolvedValue(createAuditIndex, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.PastIndex).toResolvedValue(createPastIndex, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.AuditedLog)
    .toResolvedValue(
      (events, keys, index, { KURRENTDB_URL }) =>
        createAuditedLog({
          events,
          codec: createEventCodec(chatEvents, keys),
          // KurrentDB reads from positions alone that it has given out.
          placeBefore: KURRENTDB_URL === undefined ? undefined : (position) => index.lastUpTo(position),
        }),
      [TOKENS.StoredLog, TOKENS.UserKeySource, TOKENS.PastIndex, TOKENS.Config],
    )
    .inSingletonScope();
  bind(TOKENS.OwnAudits)
    .toResolvedValue(
      (log, index, holds) =>
        ownAudits({
          log,
          find: findEvents({ log, index }),
          isHeldBack: async (userId) => (await holds.lookUp(userId)).isHeld,
        }),
      [TOKENS.AuditedLog, TOKENS.AuditIndex, TOKENS.StandingHolds],
    )
    .inSingletonScope();
  bind(TOKENS.ReadYourWrites).toResolvedValue(readYourWrites, [TOKENS.Progress]).inSingletonScope();
});
