import type { Command } from 'commander';
import type { AuditCall } from '../../application/audit/audit-call.js';
import type { AuditedPart } from '../../application/audit/audited-stream.js';
import { concernedUsers, isOfAudit } from '../../application/audit/concerned.js';
import type { EventFilter, EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import type { StreamId, UserId } from '../../domain/kernel/ids.js';
import { addCommand, type Given } from './group.js';
import { limitOf } from './limit.js';
import { streamOf, typeOf } from './named.js';
import { tableOf } from './output.js';
import { filterOf, lookOf, REASON_TO_LOOK } from './recorded.js';
import type { CliParts, Tool } from './tool.js';

interface Wanted {
  readonly limit: number;
  readonly filter: EventFilter | undefined;
  readonly stream: StreamId | undefined;
}

const wantedOf = ({ limit, type, stream }: Given): Wanted => ({
  limit: limitOf(limit),
  filter: type === undefined ? undefined : { types: [typeOf(type)] },
  stream: stream === undefined ? undefined : streamOf(stream),
});

const backwards = (events: EventStore, { filter, stream }: Wanted): AsyncIterable<RecordedEvent> => {
  const direction = 'backwards';
  return stream === undefined
    ? events.readAll({ direction, ...(filter && { filter }) })
    : events.readStream(stream, { direction });
};

/** Reads the newest events, oldest first. */
const newest = async (events: EventStore, wanted: Wanted): Promise<RecordedEvent[]> => {
  const isWanted = ({ type }: RecordedEvent): boolean => wanted.filter?.types?.includes(type) ?? true;
  const found: RecordedEvent[] = [];
  for await (const event of backwards(events, wanted)) {
    if (isWanted(event)) found.push(event);
    if (found.length === wanted.limit) break;
  }
  return found.reverse();
};

const row = ({ position, metadata, type, streamId, revision }: RecordedEvent) => [
  position,
  metadata.recordedAt,
  type,
  streamId,
  revision,
  metadata.actorId,
];

const lineOf = (event: RecordedEvent): string => row(event).map(String).join('  ');

/** Answers the users of whom these events show something. What tells of audits concerns nobody. */
const usersIn = (events: readonly RecordedEvent[]): UserId[] =>
  events
    .filter((event) => !isOfAudit(event))
    .flatMap(({ type, data, metadata: { actorId } }) => concernedUsers({ type, data, actorId }));

type WriteEvent = (event: RecordedEvent) => string;

/** Answers the newest events, then those that come, until the signal. */
async function* followed(
  { events }: Tool,
  wanted: Wanted,
  writeEvent: WriteEvent,
  signal: AbortSignal,
): AsyncGenerator<AuditedPart> {
  const partOf = (found: readonly RecordedEvent[]): AuditedPart => ({
    content: Buffer.from(found.map(writeEvent).join('')),
    results: found.length,
    userIds: usersIn(found),
  });
  const found = await newest(events, wanted);
  const after = found.at(-1)?.position ?? (await events.head());
  yield partOf(found);
  const { filter, stream } = wanted;
  for await (const batch of events.subscribe({ after, signal, ...(filter && { filter }) })) {
    const come = batch.events.filter(({ streamId }) => stream === undefined || streamId === stream);
    if (come.length > 0) yield partOf(come);
  }
}

/** Prints events as they come, until it is interrupted. It is recorded before the first one, and whom they show before these are shown. */
const follow = async (
  tool: Tool,
  { terminal, interruptible }: CliParts,
  call: AuditCall,
  parts: (signal: AbortSignal) => AsyncIterable<AuditedPart>,
): Promise<void> => {
  const pieces = await tool.useCases.auditGate.streamed({ ...call, isEndless: true }, tool.newContext(), parts);
  await interruptible(async (signal) => {
    signal.addEventListener('abort', () => void pieces.return?.().catch(() => undefined)); // who prints is told
    for await (const piece of pieces) terminal.out(Buffer.from(piece).toString());
  });
};

/** Shows the newest events, and those that come. */
export const addTailCommand = (group: Command, parts: CliParts): void =>
  addCommand(group, parts, {
    usage: 'tail',
    summary: 'the newest events; of erased users, what was personal is shown as erased',
    options: [
      ['--limit <n>', 'so many', '20'],
      ['--type <type>', 'only events of this type'],
      ['--stream <stream>', 'only events of this stream'],
      ['--follow', 'go on with what comes, until it is interrupted'],
      REASON_TO_LOOK,
    ],
    examples: [
      'log tail --reason "Mails are late"',
      'log tail --type MessageSent --limit 5 --reason "Complaint 2026-17"',
      'log tail --follow --json --reason "Mails are late"',
    ],
    run: async (tool, _, options) => {
      const wanted = wantedOf(options);
      const { type, stream, follow: isFollowed } = options;
      const call = lookOf({ command: 'log tail', filter: filterOf({ type, stream }) }, options);
      if (isFollowed === true) {
        const writeEvent = (event: RecordedEvent) =>
          `${options['json'] === true ? JSON.stringify(event) : lineOf(event)}\n`;
        await follow(tool, parts, call, (signal) => followed(tool, wanted, writeEvent, signal));
        return undefined;
      }
      const found = await tool.useCases.auditGate.answered(call, tool.newContext(), async () => {
        const answer = await newest(tool.events, wanted);
        return { answer, results: answer.length, userIds: usersIn(answer) };
      });
      const headings = ['position', 'time', 'type', 'stream', 'revision', 'actor'];
      return { json: { events: found }, text: tableOf(headings, found.map(row)) };
    },
  });
