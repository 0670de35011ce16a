import { equalBytes } from '../../domain/audit/bytes.js';
import { openCheckpoint, type AuditCrypto } from '../../domain/audit/open-checkpoint.js';
import { NoteFault, type NoteKey } from '../../domain/audit/signed-note.js';
import type { Checkpoints, KeptCheckpoint } from '../ports/checkpoints.js';
import type { ClaimedHead } from './verify-log.js';

/** A checkpoint that somebody has kept elsewhere. */
interface OutsideCheckpoint {
  /** What to call it, such as the name of its file. */
  readonly name: string;
  readonly note: string;
}

interface Parts {
  readonly checkpoints: Pick<Checkpoints, 'origin' | 'keys' | 'last' | 'after'>;
  readonly crypto: AuditCrypto;
  readonly outside: readonly OutsideCheckpoint[];
  /** Keys that are trusted beside those that the database has; where there are any, they alone count for what comes from outside. */
  readonly keys: readonly NoteKey[];
}

const NOTHING = new Uint8Array();

/** Reads a kept checkpoint: it is signed by the log, and says what is kept beside it. */
const keptHead = (
  { crypto, checkpoints: { origin } }: Parts,
  keys: readonly NoteKey[],
  kept: KeptCheckpoint,
): ClaimedHead => {
  const name = `the checkpoint of ${kept.size} events`;
  try {
    const { size, root } = openCheckpoint(crypto, kept.note, { origin, keys });
    const isSame = size === kept.size && equalBytes(root, kept.root);
    return { name, size: kept.size, root, ...(!isSame && { fault: 'does not say what is kept beside it' }) };
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error;
    return { name, size: kept.size, root: NOTHING, fault: `was not signed by the log: ${error.message}` };
  }
};

/** Reads a checkpoint from outside. Raises `NoteFault` where it is none of this log: there is nothing to compare then. */
const outsideHead = (
  { crypto, checkpoints: { origin } }: Parts,
  keys: readonly NoteKey[],
  given: OutsideCheckpoint,
): ClaimedHead => {
  try {
    const { size, root } = openCheckpoint(crypto, given.note, { origin, keys });
    return { name: given.name, size, root };
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error;
    throw new NoteFault(`${given.name}: ${error.message}`, { cause: error });
  }
};

async function* keptHeads(parts: Parts, keys: readonly NoteKey[]): AsyncGenerator<ClaimedHead> {
  const last = (await parts.checkpoints.last())?.size ?? 0;
  for (let size = 0; size < last;) {
    const some = await parts.checkpoints.after(size, last);
    if (some.length === 0) return;
    for (const kept of some) yield keptHead(parts, keys, kept);
    size = some.at(-1)?.size ?? last;
  }
}

/** Gives every head that was signed, those that are kept here and those from outside, the smallest tree first. */
export async function* claimedHeads(parts: Parts): AsyncGenerator<ClaimedHead> {
  const own = (await parts.checkpoints.keys()).map(({ key }) => key);
  const trusted = parts.keys.length > 0 ? parts.keys : own;
  const outside = parts.outside.map((each) => outsideHead(parts, trusted, each)).sort((a, b) => a.size - b.size);
  for await (const kept of keptHeads(parts, own)) {
    while (outside[0] && outside[0].size <= kept.size) yield outside.shift() as ClaimedHead;
    yield kept;
  }
  yield* outside;
}
