import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { claimedHeads } from '../../application/audit/claimed-heads.js';
import { changeLogKey } from '../../application/audit/sign-checkpoint.js';
import { verifyLog } from '../../application/audit/verify-log.js';
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
import type { OpenedLog } from '../stores/open-log.js';

interface AuditToolParts extends Pick<OpenedLog, 'checkpoints' | 'events' | 'logServer'> {
  readonly pool: pg.Pool;
}

const outsideOf = (files: readonly string[]) =>
  Promise.all(files.map(async (name) => ({ name, note: await readFile(name, 'utf8') })));

/** What the commands on the audit tree work with. */
export const openAuditTool = ({ pool, checkpoints, events, logServer }: AuditToolParts): AuditTool => {
  const tree = createLogTree(pool);

  /** Compares the events of this copy, as they were in the log that was copied, with the tree of that one. */
  const verifyFormer = async (log: FormerName, onProgress: (events: number, total: number) => void) => {
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

  const verify = async ({ files, keys }: VerifyLogOptions, onProgress: (events: number, total: number) => void) => {
    const trusted = keys.map((key) => parseVerifierKey(sha256, key));
    const outside = await outsideOf(files);
    const result = await verifyLog({
      log: events.raw,
      tree,
      heads: claimedHeads({ checkpoints, crypto: auditCrypto, outside, keys: trusted }),
      // KurrentDB gives revisions itself.
      findBrokenStream: () => (logServer === undefined ? findBrokenStream(pool) : Promise.resolve(undefined)),
      sha256,
      onProgress,
    });
    const former: LogVerified['former'][number][] = [];
    for (const each of await listFormerNames(pool)) former.push(await verifyFormer(each, onProgress));
    const { position } = await tree.head();
    const pending = await events.countBetween(position, await events.head());
    return {
      ...result,
      root: Buffer.from(result.root).toString('base64'),
      misfit: result.misfit ?? null,
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
