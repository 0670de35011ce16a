import type pg from 'pg';
import type { Logger } from 'pino';
import type { ConversationAccess } from '../../application/conversations/conversation-access.js';
import type { RequireUsers } from '../../application/conversations/require-users.js';
import type { ReadYourWrites } from '../../application/kernel/read-your-writes.js';
import type { SessionWrites } from '../../application/kernel/session-writes.js';
import { token } from '../../application/kernel/token.js';
import type { Transact } from '../../application/kernel/transact.js';
import type { UseCases } from '../../application/use-cases.js';
import type { OwnAudits } from '../../application/audit/own-audits.js';
import type { AuditUseCases } from '../../application/audit/use-cases.js';
import type { AuditExportUseCases } from '../../application/audit/export-bundle.js';
import type { CertificateUseCases } from '../../application/audit/certificate-use-cases.js';
import type { ProofUseCases } from '../../application/audit/proof-use-cases.js';
import type { Checkpoints } from '../../application/ports/checkpoints.js';
import type { LogTree } from '../../application/ports/tree-store.js';
import type { MaintenanceUseCases } from '../../application/maintenance/use-cases.js';
import type { ContactUseCases } from '../../application/contacts/use-cases.js';
import type { ConversationUseCases } from '../../application/conversations/use-cases.js';
import type { ExportUseCases } from '../../application/exports/use-cases.js';
import type { StandingHolds } from '../../application/holds/standing-holds.js';
import type { HoldUseCases } from '../../application/holds/use-cases.js';
import type { MediaUseCases } from '../../application/media/use-cases.js';
import type { MessageUseCases } from '../../application/messages/use-cases.js';
import type { PinUseCases } from '../../application/pins/use-cases.js';
import type { PreferencesUseCases } from '../../application/preferences/use-cases.js';
import type { ReactionUseCases } from '../../application/reactions/use-cases.js';
import type { ReadingUseCases } from '../../application/reading/use-cases.js';
import type { RetentionRules } from '../../application/retention/rules.js';
import type { RetentionUseCases } from '../../application/retention/use-cases.js';
import type { RoleUseCases } from '../../application/roles/use-cases.js';
import type { SearchUseCases } from '../../application/search/use-cases.js';
import type { SessionUseCases } from '../../application/sessions/use-cases.js';
import type { UserUseCases } from '../../application/users/use-cases.js';
import type { MessageAccess } from '../../application/messages/message-access.js';
import type { MessagePlaces } from '../../application/messages/message-places.js';
import type { ResolveMentions } from '../../application/messages/resolve-mentions.js';
import type { FindDestination } from '../../application/messages/recipients.js';
import type { AccessTokens } from '../../application/ports/access-tokens.js';
import type { AttemptLimits } from '../../application/ports/attempt-limits.js';
import type { AuditIndex } from '../../application/ports/audit-index.js';
import type { PastIndex } from '../../application/ports/past-index.js';
import type { AuditedLog } from '../../application/ports/audited-log.js';
import type { BlobStore } from '../../application/ports/blob-store.js';
import type { Blocks } from '../../application/ports/blocks.js';
import type { Clock } from '../../application/ports/clock.js';
import type { ConversationViews } from '../../application/ports/conversation-views.js';
import type { DeliveryRecorder } from '../../application/deliveries/delivery-recorder.js';
import type { DeliveryViews } from '../../application/ports/delivery-views.js';
import type { EventStore } from '../../application/ports/event-store.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { Images } from '../../application/ports/images.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import type { MediaLinks } from '../../application/ports/media-links.js';
import type { MediaViews } from '../../application/ports/media-views.js';
import type { MessageViews } from '../../application/ports/message-views.js';
import type { Passwords } from '../../application/ports/passwords.js';
import type { PinViews } from '../../application/ports/pin-views.js';
import type { ProjectedMessages } from '../../application/ports/projected-messages.js';
import type { PresenceAudience } from '../../application/ports/presence-audience.js';
import type { SearchViews } from '../../application/ports/search-views.js';
import type { SessionDenylist } from '../../application/ports/session-denylist.js';
import type { Tickets } from '../../application/ports/tickets.js';
import type { UserDirectory } from '../../application/ports/user-directory.js';
import type { Tokens } from '../../application/sessions/tokens.js';
import type { Credentials } from '../../application/users/credentials.js';
import type { Users } from '../../application/users/remembered-users.js';
import type { RequireRole } from '../../application/roles/require-role.js';
import type { MinimumDuration } from '../../application/kernel/minimum-duration.js';
import type { Archive } from '../../application/ports/archive.js';
import type { UserKeys } from '../../application/ports/user-keys.js';
import type { SessionViews } from '../../application/ports/session-views.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { UserLookup } from '../../application/users/user-lookup.js';
import type { CommandTracing } from '../observability/tracing/command-tracing.js';
import type { StoredLog } from '../event-store/stored-log.js';
import type { Config } from '../config.js';
import type { MakeLimiter } from '../limits/limiters.js';
import type { MessageEngine } from '../stores/message-engine.js';
import type { AnnouncedProgress } from '../../application/projections/announced-progress.js';
import type { AcceptedSecrets } from '../security/configured-secrets.js';
import type { KeyRing } from '../security/key-ring.js';
import type { UserKeySource } from '../serialization/sealing.js';
import type { Application } from './application.js';

/** Names every dependency, with its type. */
export const TOKENS = {
  Config: token<Config>('Config'),
  Log: token<Logger>('Log'),
  CommandTracing: token<CommandTracing>('CommandTracing'),
  JwtSecrets: token<AcceptedSecrets>('JwtSecrets'),
  Pool: token<pg.Pool>('Pool'),
  MessageEngine: token<MessageEngine>('MessageEngine'),
  KeyRing: token<KeyRing>('KeyRing'),
  Clock: token<Clock>('Clock'),
  /** It is given when the server begins to stop. */
  Stopping: token<AbortSignal>('Stopping'),
  Identifiers: token<Identifiers>('Identifiers'),
  EventStore: token<EventStore>('EventStore'),
  /** The same, with the stored bytes. */
  StoredLog: token<StoredLog>('StoredLog'),
  Progress: token<AnnouncedProgress>('Progress'),
  ProjectedMessages: token<ProjectedMessages>('ProjectedMessages'),
  UserKeys: token<UserKeys>('UserKeys'),
  UserKeySource: token<UserKeySource>('UserKeySource'),
  BlobStore: token<BlobStore>('BlobStore'),
  Blocks: token<Blocks>('Blocks'),
  Images: token<Images>('Images'),
  Users: token<Users>('Users'),
  RetentionRules: token<RetentionRules>('RetentionRules'),
  StandingHolds: token<StandingHolds>('StandingHolds'),
  RequireRole: token<RequireRole>('RequireRole'),
  MinimumDuration: token<MinimumDuration>('MinimumDuration'),
  Archive: token<Archive>('Archive'),
  OnErased: token<(userId: UserId) => void>('OnErased'),
  SessionViews: token<SessionViews>('SessionViews'),
  UserDirectory: token<UserDirectory>('UserDirectory'),
  ConversationViews: token<ConversationViews>('ConversationViews'),
  PinViews: token<PinViews>('PinViews'),
  MessageViews: token<MessageViews>('MessageViews'),
  DeliveryViews: token<DeliveryViews>('DeliveryViews'),
  Deliveries: token<DeliveryRecorder>('Deliveries'),
  MediaLinks: token<MediaLinks>('MediaLinks'),
  MediaViews: token<MediaViews>('MediaViews'),
  AuditedLog: token<AuditedLog>('AuditedLog'),
  AuditIndex: token<AuditIndex>('AuditIndex'),
  PastIndex: token<PastIndex>('PastIndex'),
  OwnAudits: token<OwnAudits>('OwnAudits'),
  SearchViews: token<SearchViews>('SearchViews'),
  KeyedHashes: token<KeyedHashes>('KeyedHashes'),
  Passwords: token<Passwords>('Passwords'),
  Tickets: token<Tickets>('Tickets'),
  AccessTokens: token<AccessTokens>('AccessTokens'),
  AttemptLimits: token<AttemptLimits>('AttemptLimits'),
  MakeLimiter: token<MakeLimiter>('MakeLimiter'),
  PresenceAudience: token<PresenceAudience>('PresenceAudience'),
  SessionDenylist: token<SessionDenylist>('SessionDenylist'),
  Transact: token<Transact>('Transact'),
  ReadYourWrites: token<ReadYourWrites>('ReadYourWrites'),
  SessionWrites: token<SessionWrites>('SessionWrites'),
  Credentials: token<Credentials>('Credentials'),
  UserLookup: token<UserLookup>('UserLookup'),
  Tokens: token<Tokens>('Tokens'),
  ConversationAccess: token<ConversationAccess>('ConversationAccess'),
  RequireUsers: token<RequireUsers>('RequireUsers'),
  MessageAccess: token<MessageAccess>('MessageAccess'),
  MessagePlaces: token<MessagePlaces>('MessagePlaces'),
  ResolveMentions: token<ResolveMentions>('ResolveMentions'),
  FindDestination: token<FindDestination>('FindDestination'),
  AuditUseCases: token<AuditUseCases>('AuditUseCases'),
  MaintenanceUseCases: token<MaintenanceUseCases>('MaintenanceUseCases'),
  ContactUseCases: token<ContactUseCases>('ContactUseCases'),
  ConversationUseCases: token<ConversationUseCases>('ConversationUseCases'),
  RetentionUseCases: token<RetentionUseCases>('RetentionUseCases'),
  HoldUseCases: token<HoldUseCases>('HoldUseCases'),
  ExportUseCases: token<ExportUseCases>('ExportUseCases'),
  MessageUseCases: token<MessageUseCases>('MessageUseCases'),
  PinUseCases: token<PinUseCases>('PinUseCases'),
  PreferencesUseCases: token<PreferencesUseCases>('PreferencesUseCases'),
  ReactionUseCases: token<ReactionUseCases>('ReactionUseCases'),
  MediaUseCases: token<MediaUseCases>('MediaUseCases'),
  ReadingUseCases: token<ReadingUseCases>('ReadingUseCases'),
  SearchUseCases: token<SearchUseCases>('SearchUseCases'),
  RoleUseCases: token<RoleUseCases>('RoleUseCases'),
  SessionUseCases: token<SessionUseCases>('SessionUseCases'),
  LogTree: token<LogTree>('LogTree'),
  Checkpoints: token<Checkpoints>('Checkpoints'),
  AuditExportUseCases: token<AuditExportUseCases>('AuditExportUseCases'),
  CertificateUseCases: token<CertificateUseCases>('CertificateUseCases'),
  ProofUseCases: token<ProofUseCases>('ProofUseCases'),
  UserUseCases: token<UserUseCases>('UserUseCases'),
  UseCases: token<UseCases>('UseCases'),
  Application: token<Application>('Application'),
};
