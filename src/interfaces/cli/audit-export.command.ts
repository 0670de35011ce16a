import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { AuditCall } from '../../application/audit/audit-call.js';
import type { PreparedExport } from '../../application/audit/export-bundle.js';
import { MOST_EXPORTED, type ExportQuery } from '../../application/audit/export-request.js';
import { ProofPendingError } from '../../application/audit/proof-pending.js';
import type { Position } from '../../domain/kernel/ids.js';
import { addCommand, type Given } from './group.js';
import { endedBy } from './interruptible.js';
import { conversationOf } from './named.js';
import { counted, showingProgress } from './output.js';
import { filterOf, lookOf, REASON_TO_LOOK } from './recorded.js';
import { timeOf } from './replay/replay.command.js';
import { requireUser } from './require-user.js';
import { ToolError, type CliParts, type Tool } from './tool.js';

/** A bundle that was written. */
interface WrittenBundle {
  readonly file: string;
  readonly events: number;
  readonly bytes: number;
}

const MEBIBYTE = 1_048_576;
const POSITION = /^\d{1,18}$/;
/** How long the tree and its index are waited for, and how often they are asked for. */
const PATIENCE_MS = 600_000;
const ASK_AGAIN_MS = 500;

const sizeText = ({ file, events, bytes }: WrittenBundle): string =>
  `${file}: ${counted(events, 'event')}, ${(bytes / MEBIBYTE).toFixed(1)} MiB`;

const positionOf = (name: string, given: unknown): Position | undefined => {
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !POSITION.test(given))
    throw new ToolError(`--${name} takes a position such as 1234`);
  return given as Position;
};

const limitOf = (given: unknown): number => {
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_EXPORTED)
    throw new ToolError(`--limit takes a whole number between 1 and ${MOST_EXPORTED}`);
  return limit;
};

const queryOf = async (tool: Tool, options: Given): Promise<ExportQuery> => {
  const { conversation, user } = options;
  if (conversation !== undefined && user !== undefined) throw new ToolError('name --conversation or --user, not both');
  return {
    after: positionOf('after', options['after']),
    before: positionOf('before', options['before']),
    from: timeOf('from', options['from']),
    to: timeOf('to', options['to']),
    ...(typeof conversation === 'string' && { conversationId: conversationOf(conversation) }),
    ...(typeof user === 'string' && { userId: await requireUser(tool, user) }),
    limit: limitOf(options['limit']),
  };
};

/** Answers what is recorded of the query: what it is narrowed by, and not how it is divided. */
const narrowedBy = ({ cursor: _, limit: __, ...query }: ExportQuery) => filterOf(query);

/** Answers the name of a part: `bundle.zip`, or `bundle-2.zip` where there are several. */
const nameOf = (out: string, part: number): string => (part === 1 ? out : out.replace(/(\.[^./\\]*)?$/, `-${part}$1`));

/** Begins an export once the tree has come so far. */
const begun = async (tool: Tool, { query, call }: Pick<Asked, 'query' | 'call'>, onWaiting: (why: string) => void) => {
  const { auditGate, prepareExport } = tool.useCases;
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    let prepared: PreparedExport | undefined;
    try {
      const pieces = await auditGate.streamed(call, tool.newContext(), async (signal) => {
        prepared = await prepareExport(query, null, signal);
        return prepared.parts;
      });
      return { pieces, prepared: prepared as unknown as PreparedExport };
    } catch (error) {
      if (!(error instanceof ProofPendingError)) throw error;
      if (Date.now() >= deadline) throw new ToolError(`${error.message}: is a server running?`, { cause: error });
      onWaiting(error.message);
      await sleep(ASK_AGAIN_MS);
    }
  }
};

async function* counting(pieces: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    onBytes(bytes);
    yield piece;
  }
}

interface Asked {
  readonly query: ExportQuery;
  readonly out: string;
  /** What is recorded of it. */
  readonly call: AuditCall;
  /** Called with what is being done. */
  readonly show: (what: string) => void;
  /** Ends the work where it is not wanted any more. */
  readonly requireWanted: () => void;
}

/** Writes the part that begins at the cursor of its query, and answers where the next one does. */
const exportPart = async (tool: Tool, file: string, { show, requireWanted, ...asked }: Omit<Asked, 'out'>) => {
  const { pieces, prepared } = await begun(tool, asked, (why) => {
    requireWanted();
    show(`waiting: ${why}`);
  });
  const { events, nextCursor } = prepared;
  let bytes = 0;
  const onBytes = (done: number): void => {
    requireWanted();
    bytes = done;
    show(sizeText({ file, events, bytes }));
  };
  try {
    await tool.writeNewFile(file, counting(pieces, onBytes));
  } finally {
    await pieces.return?.(); // where the file cannot be made, nobody has begun to read
  }
  return { bundle: { file, events, bytes }, nextCursor };
};

const exportAll = async (tool: Tool, { out, query, ...asked }: Asked): Promise<WrittenBundle[]> => {
  const written: WrittenBundle[] = [];
  for (let cursor: string | undefined | null; cursor !== null;) {
    const part = { ...asked, query: { ...query, cursor } };
    const { bundle, nextCursor } = await exportPart(tool, nameOf(out, written.length + 1), part);
    written.push(bundle);
    cursor = nextCursor;
  }
  return written;
};

const textOf = (bundles: readonly WrittenBundle[]): string =>
  [...bundles.map(sizeText), 'verify each with: chatapp audit verify <file> --key <key of the log>'].join('\n');

/** Exports events as bundles that are verified without the server. */
export const addExportCommand = (group: Command, parts: CliParts): void => {
  const { terminal, interruptible } = parts;
  addCommand(group, parts, {
    usage: 'export',
    summary:
      'write all events of a range, a conversation or a user as a bundle that others verify offline; recorded like every call of an auditor. A long ' +
      'range comes in several files, each of which is proven by itself',
    options: [
      ['--out <file>', 'the file that is made, such as bundle.zip; further ones are bundle-2.zip and so on'],
      REASON_TO_LOOK,
      ['--after <position>', 'only events behind this position'],
      ['--before <position>', 'only events before this position'],
      ['--from <time>', 'only from the first event since then'],
      ['--to <time>', 'only to the last event before then'],
      ['--conversation <id>', 'only events of this conversation'],
      ['--user <login>', 'only events that this user has caused, or that name them'],
      ['--limit <n>', 'so many events in a file at most', String(MOST_EXPORTED)],
    ],
    examples: [
      'audit export --out bundle.zip --reason "Complaint 2026-17" --after 1200 --before 3400',
      'audit export --out ada.zip --reason "Complaint 2026-17" --user ada',
    ],
    run: async (tool, _, options) => {
      const { out } = options;
      if (typeof out !== 'string' || out === '') throw new ToolError('name with --out the file that is made');
      const query = await queryOf(tool, options);
      const call = lookOf({ command: 'audit export', filter: narrowedBy(query) }, options);
      const bundles = await showingProgress(terminal, (show) =>
        interruptible((signal) =>
          endedBy(signal, 'the file that was begun is removed, those before it are whole', (requireWanted) =>
            exportAll(tool, { query, call, out, show, requireWanted }),
          ),
        ),
      );
      return { json: { bundles }, text: textOf(bundles) };
    },
  });
};
