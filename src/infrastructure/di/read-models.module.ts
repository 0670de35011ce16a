import { ContainerModule } from 'inversify';
import { readYourWrites } from '../../application/kernel/read-your-writes.js';
import { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import { lookUpProgress } from '../../application/projections/look-up-progress.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { createProjectionStatuses } from '../projections/postgres/projection-statuses.js';
import { createBlocks } from '../read-models/postgres/blocks.js';
import { createConversationViews } from '../read-models/postgres/conversation-views.js';
import { createDeliveryViews } from '../read-models/postgres/delivery-views.js';
import { createMediaViews } from '../read-models/postgres/media-views.js';
import { createMessageViews } from '../read-models/postgres/message-views.js';
import { createPinViews } from '../read-models/postgres/pin-views.js';
import { createPresenceAudience } from '../read-models/postgres/presence-audience.js';
import { createProjectedMessages } from '../read-models/postgres/projected-messages.js';
import { createSearchViews } from '../read-models/postgres/search-views.js';
import { createSessionViews } from '../read-models/postgres/session-views.js';
import { createUserDirectory } from '../read-models/postgres/user-directory.js';
import { TOKENS } from './tokens.js';

/** Binds what queries are answered from. */
export const readModels = new ContainerModule(({ bind }) => {
  bind(TOKENS.Progress)
    .toResolvedValue(
      (events, pool) => new AnnouncedProgress(lookUpProgress(events, createProjectionStatuses(pool), PROJECTIONS)),
      [TOKENS.StoredLog, TOKENS.Pool],
    )
    .inSingletonScope();
  bind(TOKENS.ProjectedMessages).toResolvedValue(createProjectedMessages, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.UserDirectory).toResolvedValue(createUserDirectory, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.SessionViews).toResolvedValue(createSessionViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.PresenceAudience).toResolvedValue(createPresenceAudience, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.Blocks).toResolvedValue(createBlocks, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.ConversationViews).toResolvedValue(createConversationViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.PinViews).toResolvedValue(createPinViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.MessageViews).toResolvedValue(createMessageViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.DeliveryViews).toResolvedValue(createDeliveryViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.SearchViews).toResolvedValue(createSearchViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.MediaViews).toResolvedValue(createMediaViews, [TOKENS.Pool]).inSingletonScope();
  bind(TOKENS.ReadYourWrites).toResolvedValue(readYourWrites, [TOKENS.Progress]).inSingletonScope();
});
