import { ContainerModule } from 'inversify';
import type { Application } from './application.js';
import { bindFromPorts } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

/** Binds the one value that is asked of the container. */
export const application = new ContainerModule(({ bind }) => {
  bindFromPorts(bind, TOKENS.Application, (made: Application) => made, {
    useCases: TOKENS.UseCases,
    readYourWrites: TOKENS.ReadYourWrites,
    sessionWrites: TOKENS.SessionWrites,
    identifiers: TOKENS.Identifiers,
    hashes: TOKENS.KeyedHashes,
    makeLimiter: TOKENS.MakeLimiter,
    clock: TOKENS.Clock,
    blobs: TOKENS.BlobStore,
    lookup: TOKENS.UserLookup,
    denylist: TOKENS.SessionDenylist,
    onErased: TOKENS.OnErased,
    tickets: TOKENS.Tickets,
    progress: TOKENS.Progress,
    projectedMessages: TOKENS.ProjectedMessages,
    directory: TOKENS.UserDirectory,
    conversations: TOKENS.ConversationViews,
    messages: TOKENS.MessageViews,
    links: TOKENS.MediaLinks,
    pins: TOKENS.PinViews,
    deliveries: TOKENS.Deliveries,
    presenceAudience: TOKENS.PresenceAudience,
    blocks: TOKENS.Blocks,
    conversationAccess: TOKENS.ConversationAccess,
    checkpoints: TOKENS.Checkpoints,
    holds: TOKENS.StandingHolds,
    rules: TOKENS.RetentionRules,
  });
});
