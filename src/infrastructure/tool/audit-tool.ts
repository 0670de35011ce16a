import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { claimedHeads } from '../../application/audit/claimed-heads.js';
import { changeLogKey } from '../../application/audit/sign-checkpoint.js';
import type { LogTree } from '../../application/ports/tree-store.js';
import { verifyLog } from '../../application/audit/verify-log.js';
import { verifySubjectIndexes, type IndexVerification } from '../../application/audit/verify-subject-indexes.js';
import { NoteFault, parseVerifierKey } from '../../domain/audit/signed-note.js';
import { ToolError, type AuditTool, type LogVerified, type VerifyLogOptions } from '../../interfaces/cli/tool.js';
import { auditCrypto } from '../audit/ed25519.js';
import { findBrokenStream } from '../audit/find-broken-stream.js';
import {
  checkpointsOfFormer,
  eventsAsTheyWere,
  listFormerNames,
  treeOfFormer,
  type FormerName,
} from '../audit/former-log.js';
import { createLogTree, resumeTree } from '../audit/postgres-log-tree.js';
import { sha256 } from '../audit/sha256.js';
import { createAuditedLog } from '../event-store/audited-log.js';
import { createBlinds } from '../security/blinds.js';
import type { KeyRing } from '../security/key-ring.js';
import { chatEvents } from '../serialization/chat-events.js';
import { createEventCodec } from '../serialization/create-event-codec.js';
import { noKeys } from '../serialization/no-keys.js';
import type { OpenedLog } from '../stores/open-log.js';

interface AuditToolParts extends Pick<OpenedLog, 'checkpoints' | 'events' | 'logServer'> {
  readonly pool: pg.Pool;
  readonly keys: Pick<KeyRing, 'requests'>;
}

/** What an index is of is not known where the log itself does not fit. */
const NOT_LOOKED_AT: IndexVerification = { indexes: 0, misfit: undefined };

const outsideOf = (files: readonly string[]) =>
  Promise.all(files.map(async (name) => ({ name, note: await readFile(name, 'utf8') })));

type OnProgress = (events: number, total: number) => void;

/** Computes the indexes of conversations and users anew, from a log that fits its tree. */
const verifyIndexes = (
  { events, keys }: AuditToolParts,
  tree: LogTree,
  onProgress: OnProgress,
): Promise<IndexVerification> =>
  verifySubjectIndexes({
    raw: events.raw,
    log: createAuditedLog({ events, codec: createEventCodec(chatEvents, noKeys) }),
    tree,
    sha256,
    blindOf: createBlinds(keys),
    pause: () => Promise.resolve(),
    onProgress,
  });

/** Compares the events of this copy, as they were in the log that was copied, with the tree of that one. */
const verifyFormer = async (
  { pool, events }: AuditToolParts,
  { tree, log }: { readonly tree: LogTree; readonly log: FormerName },
  onProgress: OnProgress,
) => {
  const former = treeOfFormer(pool, log);
  const { events: verified, misfit } = await verifyLog({
    log: { readAll: () => eventsAsTheyWere({ log: events.raw, tree, former }) },
    tree: former,
    heads: claimedHeads({ checkpoints: checkpointsOfFormer(pool, log), crypto: auditCrypto, outside: [], keys: [] }),
    findBrokenStream: () => Promise.resolve(undefined), // the log itself was looked at
    sha256,
    onProgress,
  });
  return { origin: log.origin, events: verified, misfit: misfit ?? null };
};

/** What the commands on the audit tree work with. */
export const openAuditTool = (parts: AuditToolParts): AuditTool => {
  const { pool, checkpoints, events, logServer } = parts;
  const tree = createLogTree(pool);

  const verify = async (options: VerifyLogOptions, onProgress: OnProgress) => {
    const trusted = options.keys.map((key) => parseVerifierKey(sha256, key));
    const outside = await outsideOf(options.files);
    const result = await verifyLog({
      log: events.raw,
      tree,
      heads: claimedHeads({ checkpoints, crypto: auditCrypto, outside, keys: trusted }),
      // KurrentDB gives revisions itself.
      findBrokenStream: () => (logServer === undefined ? findBrokenStream(pool) : Promise.resolve(undefined)),
      sha256,
      onProgress,
    });
    const { indexes, misfit: wrongIndex } = result.misfit
      ? NOT_LOOKED_AT
      : await verifyIndexes(parts, tree, onProgress);
    const former: LogVerified['former'][number][] = [];
    for (const log of await listFormerNames(pool)) former.push(await verifyFormer(parts, { tree, log }, onProgress));
    const { position } = await tree.head();
    const pending = await events.countBetween(position, await events.head());
    return {
      ...result,
      root: Buffer.from(result.root).toString('base64'),
      indexes,
      misfit: result.misfit ?? wrongIndex ?? null,
      pending,
      former,
    };
  };

  return {
    verify: async (options, onProgress) => {
      try {
        return await verify(options, onProgress);
      } catch (error) {
        if (!(error instanceof NoteFault)) throw error;
        throw new ToolError(error.message, { cause: error });
      }
    },
    rotateLogKey: () => changeLogKey({ checkpoints, tree, sha256 }),
    resumeTree: () => resumeTree(pool),
  };
};
