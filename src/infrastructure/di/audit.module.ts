import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import type pg from 'pg';
import { auditExportUseCases } from '../../application/audit/export-bundle.js';
import { certificateUseCases, type CertificatePorts } from '../../application/audit/certificate-use-cases.js';
import type { ExportParts } from '../../application/audit/export-parts.js';
import { proofUseCases, type ProofPorts } from '../../application/audit/proof-use-cases.js';
import { startHash } from '../audit/content-hash.js';
import { formerLogsIn } from '../audit/former-log.js';
import { openAesGcm } from '../audit/open-aes-gcm.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { createSubjectIndexes } from '../audit/postgres-subject-indexes.js';
import { sha256 } from '../audit/sha256.js';
import { createKeyDestructions } from '../security/erased-keys.js';
import type { StoredLog } from '../event-store/stored-log.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createBlinds } from '../security/blinds.js';
import type { KeyRing } from '../security/key-ring.js';
import { createDisclosure } from '../serialization/create-disclosure.js';
import type { UserKeySource } from '../serialization/sealing.js';
import { bindFromPorts } from './bind-from-ports.js';
import { TOKENS } from './tokens.js';

type Given = Pick<ProofPorts, 'checkpoints' | 'tree'> & { readonly log: StoredLog; readonly pool: pg.Pool };

const provedFrom = (log: StoredLog) => ({
  events: log,
  raw: log.raw,
  sha256,
  now: Date.now,
  pause: (milliseconds: number) => sleep(milliseconds, undefined, { ref: false }),
});

const proofsOf = ({ log, pool, ...ports }: Given) =>
  proofUseCases({ ...ports, ...provedFrom(log), formerLogs: formerLogsIn(pool, ports.tree) });

const certificatesOf = ({ log, pool, ...ports }: Given & Pick<CertificatePorts, 'requireRole'>) =>
  certificateUseCases({ ...ports, ...provedFrom(log), destructions: createKeyDestructions(pool) });

type GivenToExports = Pick<
  ExportParts,
  | 'checkpoints'
  | 'tree'
  | 'log'
  | 'index'
  | 'blobs'
  | 'directory'
  | 'archive'
  | 'transact'
  | 'identifiers'
  | 'clock'
  | 'store'
  | 'stopping'
> & { readonly events: StoredLog; readonly keys: UserKeySource; readonly ring: KeyRing; readonly pool: pg.Pool };

const exportsOf = ({ events, keys, ring, pool, ...ports }: GivenToExports) =>
  auditExportUseCases({
    ...ports,
    ...provedFrom(events),
    crypto: { sha256, openAesGcm },
    disclosure: createDisclosure(chatEvents, keys),
    startHash,
    indexes: createSubjectIndexes(pool),
    blindOf: createBlinds(ring),
  });

/** Binds what proves the log. */
export const audit = new ContainerModule(({ bind }) => {
  bind(TOKENS.LogTree)
    .toResolvedValue((pool) => createLogTree(pool), [TOKENS.Pool])
    .inSingletonScope();
  bindFromPorts(bind, TOKENS.ProofUseCases, proofsOf, {
    checkpoints: TOKENS.Checkpoints,
    tree: TOKENS.LogTree,
    log: TOKENS.StoredLog,
    pool: TOKENS.Pool,
  });
  bindFromPorts(bind, TOKENS.AuditExportUseCases, exportsOf, {
    checkpoints: TOKENS.Checkpoints,
    tree: TOKENS.LogTree,
    events: TOKENS.StoredLog,
    log: TOKENS.AuditedLog,
    index: TOKENS.AuditIndex,
    keys: TOKENS.UserKeySource,
    blobs: TOKENS.BlobStore,
    directory: TOKENS.UserDirectory,
    archive: TOKENS.Archive,
    transact: TOKENS.Transact,
    identifiers: TOKENS.Identifiers,
    clock: TOKENS.Clock,
    store: TOKENS.EventStore,
    stopping: TOKENS.Stopping,
    ring: TOKENS.KeyRing,
    pool: TOKENS.Pool,
  });
  bindFromPorts(bind, TOKENS.CertificateUseCases, certificatesOf, {
    checkpoints: TOKENS.Checkpoints,
    tree: TOKENS.LogTree,
    log: TOKENS.StoredLog,
    pool: TOKENS.Pool,
    requireRole: TOKENS.RequireRole,
  });
});
