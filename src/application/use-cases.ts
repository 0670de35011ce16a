import type { AuditExportUseCases } from './audit/export-bundle.js';
import type { AuditUseCases } from './audit/use-cases.js';
import type { CertificateUseCases } from './audit/certificate-use-cases.js';
import type { ProofUseCases } from './audit/proof-use-cases.js';
import type { ContactUseCases } from './contacts/use-cases.js';
import type { ConversationUseCases } from './conversations/use-cases.js';
import type { ExportUseCases } from './exports/use-cases.js';
import type { HoldUseCases } from './holds/use-cases.js';
import type { MaintenanceUseCases } from './maintenance/use-cases.js';
import type { MediaUseCases } from './media/use-cases.js';
import type { MessageUseCases } from './messages/use-cases.js';
import type { PinUseCases } from './pins/use-cases.js';
import type { PreferencesUseCases } from './preferences/use-cases.js';
import type { ReactionUseCases } from './reactions/use-cases.js';
import type { ReadingUseCases } from './reading/use-cases.js';
import type { RetentionUseCases } from './retention/use-cases.js';
import type { RoleUseCases } from './roles/use-cases.js';
import type { SearchUseCases } from './search/use-cases.js';
import type { SessionUseCases } from './sessions/use-cases.js';
import type { UserUseCases } from './users/use-cases.js';

/** The use cases of each feature. */
export interface FeatureUseCases {
  readonly users: UserUseCases;
  readonly sessions: SessionUseCases;
  readonly contacts: ContactUseCases;
  readonly roles: RoleUseCases;
  readonly exports: ExportUseCases;
  readonly conversations: ConversationUseCases;
  readonly messages: MessageUseCases;
  readonly reactions: ReactionUseCases;
  readonly pins: PinUseCases;
  readonly preferences: PreferencesUseCases;
  readonly media: MediaUseCases;
  readonly reading: ReadingUseCases;
  readonly search: SearchUseCases;
  readonly audit: AuditUseCases;
  readonly proofs: ProofUseCases;
  readonly auditExports: AuditExportUseCases;
  readonly certificates: CertificateUseCases;
  readonly holds: HoldUseCases;
  readonly maintenance: MaintenanceUseCases;
  readonly retention: RetentionUseCases;
}

/** Every use case that HTTP, WebSocket and the command-line tool can call. */
export const allUseCases = (of: FeatureUseCases) => ({
  ...of.users,
  ...of.sessions,
  ...of.contacts,
  ...of.roles,
  ...of.exports,
  ...of.conversations,
  ...of.messages,
  ...of.reactions,
  ...of.pins,
  ...of.preferences,
  ...of.media,
  ...of.reading,
  ...of.search,
  ...of.audit,
  ...of.proofs,
  ...of.auditExports,
  ...of.certificates,
  ...of.holds,
  ...of.maintenance,
  ...of.retention,
});

export type UseCases = ReturnType<typeof allUseCases>;
