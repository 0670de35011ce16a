import { ContainerModule } from 'inversify';
import { auditUseCases, type AuditPorts } from '../../application/audit/use-cases.js';
import { contactUseCases } from '../../application/contacts/use-cases.js';
import { conversationUseCases } from '../../application/conversations/use-cases.js';
import { exportUseCases } from '../../application/exports/use-cases.js';
import { holdUseCases } from '../../application/holds/use-cases.js';
import { mediaUseCases, type MediaPorts } from '../../application/media/use-cases.js';
import { messageUseCases } from '../../application/messages/use-cases.js';
import { pinUseCases } from '../../application/pins/use-cases.js';
import { preferencesUseCases } from '../../application/preferences/use-cases.js';
import { reactionUseCases } from '../../application/reactions/use-cases.js';
import { readingUseCases } from '../../application/reading/use-cases.js';
import { retentionUseCases } from '../../application/retention/use-cases.js';
import { roleUseCases } from '../../application/roles/use-cases.js';
import { searchUseCases } from '../../application/search/use-cases.js';
import { sessionUseCases } from '../../application/sessions/use-cases.js';
import { userUseCases } from '../../application/users/use-cases.js';
import { allUseCases } from '../../application/use-cases.js';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { bindFromPorts, type Bind } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

const mediaOf = ({ config, ...ports }: Omit<MediaPorts, 'quotaBytes'> & { readonly config: Config }) =>
  mediaUseCases({ ...ports, quotaBytes: config.MEDIA_QUOTA_BYTES });

type GivenToAudit = Omit<AuditPorts, 'fourEyes' | 'onUnrecorded'> & {
  readonly config: Config;
  readonly logger: Logger;
};

const auditOf = ({ config, logger, ...ports }: GivenToAudit) =>
  auditUseCases({
    ...ports,
    fourEyes: config.AUDIT_FOUR_EYES === 'true',
    onUnrecorded: (callId, end, error) =>
      logger.error({ err: error, callId, end }, 'the end of what an auditor was shown could not be recorded'),
  });

const bindAudit = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.HoldUseCases, holdUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    users: TOKENS.Users,
    requireRole: TOKENS.RequireRole,
    holds: TOKENS.StandingHolds,
  });
  bindFromPorts(bind, TOKENS.AuditUseCases, auditOf, {
    config: TOKENS.Config,
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    identifiers: TOKENS.Identifiers,
    clock: TOKENS.Clock,
    denylist: TOKENS.SessionDenylist,
    requireRole: TOKENS.RequireRole,
    stopping: TOKENS.Stopping,
    log: TOKENS.AuditedLog,
    index: TOKENS.AuditIndex,
    pastIndex: TOKENS.PastIndex,
    directory: TOKENS.UserDirectory,
    logger: TOKENS.Log,
  });
};

const bindUsers = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.UserUseCases, userUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    credentials: TOKENS.Credentials,
    users: TOKENS.Users,
    lookup: TOKENS.UserLookup,
    limits: TOKENS.AttemptLimits,
    denylist: TOKENS.SessionDenylist,
    holds: TOKENS.StandingHolds,
    keys: TOKENS.UserKeys,
    minimumDuration: TOKENS.MinimumDuration,
    requireRole: TOKENS.RequireRole,
    onErased: TOKENS.OnErased,
    directory: TOKENS.UserDirectory,
  });
  bindFromPorts(bind, TOKENS.SessionUseCases, sessionUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    credentials: TOKENS.Credentials,
    tokens: TOKENS.Tokens,
    users: TOKENS.Users,
    lookup: TOKENS.UserLookup,
    limits: TOKENS.AttemptLimits,
    denylist: TOKENS.SessionDenylist,
    views: TOKENS.SessionViews,
  });
  bindFromPorts(bind, TOKENS.ContactUseCases, contactUseCases, {
    transact: TOKENS.Transact,
    users: TOKENS.Users,
    directory: TOKENS.UserDirectory,
  });
  bindFromPorts(bind, TOKENS.RoleUseCases, roleUseCases, {
    transact: TOKENS.Transact,
    users: TOKENS.Users,
    requireRole: TOKENS.RequireRole,
  });
};

const bindRetention = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.RetentionUseCases, retentionUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    requireRole: TOKENS.RequireRole,
    rules: TOKENS.RetentionRules,
    holds: TOKENS.StandingHolds,
    users: TOKENS.Users,
    views: TOKENS.MessageViews,
    readYourWrites: TOKENS.ReadYourWrites,
    blobs: TOKENS.BlobStore,
  });
};

const bindExports = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.ExportUseCases, exportUseCases, {
    store: TOKENS.EventStore,
    directory: TOKENS.UserDirectory,
    sessions: TOKENS.SessionViews,
    conversations: TOKENS.ConversationViews,
    messages: TOKENS.MessageViews,
    deliveries: TOKENS.DeliveryViews,
    pins: TOKENS.PinViews,
    media: TOKENS.MediaViews,
    blobs: TOKENS.BlobStore,
    limits: TOKENS.AttemptLimits,
    archive: TOKENS.Archive,
    audits: TOKENS.OwnAudits,
  });
};

const bindConversations = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.ConversationUseCases, conversationUseCases, {
    transact: TOKENS.Transact,
    identifiers: TOKENS.Identifiers,
    requireUsers: TOKENS.RequireUsers,
    views: TOKENS.ConversationViews,
    directory: TOKENS.UserDirectory,
    deliveries: TOKENS.Deliveries,
  });
  bindFromPorts(bind, TOKENS.PinUseCases, pinUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    access: TOKENS.ConversationAccess,
    conversations: TOKENS.ConversationViews,
    views: TOKENS.PinViews,
  });
  bindFromPorts(bind, TOKENS.PreferencesUseCases, preferencesUseCases, {
    transact: TOKENS.Transact,
    access: TOKENS.ConversationAccess,
  });
};

const bindMessages = (bind: Bind): void => {
  bindFromPorts(bind, TOKENS.MessageUseCases, messageUseCases, {
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    identifiers: TOKENS.Identifiers,
    lookup: TOKENS.UserLookup,
    findDestination: TOKENS.FindDestination,
    places: TOKENS.MessagePlaces,
    access: TOKENS.MessageAccess,
    resolveMentions: TOKENS.ResolveMentions,
    views: TOKENS.MessageViews,
    conversations: TOKENS.ConversationViews,
    directory: TOKENS.UserDirectory,
    deliveries: TOKENS.Deliveries,
  });
  bindFromPorts(bind, TOKENS.ReactionUseCases, reactionUseCases, {
    transact: TOKENS.Transact,
    access: TOKENS.MessageAccess,
    views: TOKENS.MessageViews,
  });
  bindFromPorts(bind, TOKENS.MediaUseCases, mediaOf, {
    config: TOKENS.Config,
    transact: TOKENS.Transact,
    store: TOKENS.EventStore,
    blobs: TOKENS.BlobStore,
    images: TOKENS.Images,
    users: TOKENS.Users,
    holds: TOKENS.StandingHolds,
    identifiers: TOKENS.Identifiers,
    views: TOKENS.MediaViews,
    messages: TOKENS.MessageViews,
    directory: TOKENS.UserDirectory,
    links: TOKENS.MediaLinks,
    denylist: TOKENS.SessionDenylist,
  });
  bindFromPorts(bind, TOKENS.ReadingUseCases, readingUseCases, {
    transact: TOKENS.Transact,
    access: TOKENS.ConversationAccess,
    places: TOKENS.MessagePlaces,
    users: TOKENS.Users,
  });
  bindFromPorts(bind, TOKENS.SearchUseCases, searchUseCases, {
    conversations: TOKENS.ConversationViews,
    messages: TOKENS.MessageViews,
    views: TOKENS.SearchViews,
    deliveries: TOKENS.Deliveries,
  });
};

/** Binds the use cases, one token a feature. */
export const useCases = new ContainerModule(({ bind }) => {
  bindUsers(bind);
  bindExports(bind);
  bindRetention(bind);
  bindConversations(bind);
  bindMessages(bind);
  bindAudit(bind);
  bindFromPorts(bind, TOKENS.UseCases, allUseCases, {
    users: TOKENS.UserUseCases,
    sessions: TOKENS.SessionUseCases,
    contacts: TOKENS.ContactUseCases,
    roles: TOKENS.RoleUseCases,
    exports: TOKENS.ExportUseCases,
    conversations: TOKENS.ConversationUseCases,
    messages: TOKENS.MessageUseCases,
    reactions: TOKENS.ReactionUseCases,
    pins: TOKENS.PinUseCases,
    preferences: TOKENS.PreferencesUseCases,
    media: TOKENS.MediaUseCases,
    reading: TOKENS.ReadingUseCases,
    search: TOKENS.SearchUseCases,
    audit: TOKENS.AuditUseCases,
    proofs: TOKENS.ProofUseCases,
    auditExports: TOKENS.AuditExportUseCases,
    certificates: TOKENS.CertificateUseCases,
    holds: TOKENS.HoldUseCases,
    retention: TOKENS.RetentionUseCases,
    maintenance: TOKENS.MaintenanceUseCases,
  });
});
