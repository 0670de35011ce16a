import type { Command } from 'commander';
import type { EventFilter, EventStore, RecordedEvent } from '../../application/ports/event-store.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { Position, StreamId } from '../../domain/kernel/ids.js';
import { addCommand, createGroup, type Given } from './group.js';
import { limitOf } from './limit.js';
import { addShowCommand } from './log-show.command.js';
import { addCopyCommand } from './log-copy.command.js';
import { tableOf } from './output.js';
import { addReplayCommand } from './replay/replay.command.js';
import type { CliParts, Tool } from './tool.js';

interface Wanted {
  readonly limit: number;
  readonly filter: EventFilter | undefined;
  readonly stream: StreamId | undefined;
}

const wantedOf = ({ limit, type, stream }: Given): Wanted => ({
  limit: limitOf(limit),
  filter: typeof type === 'string' ? { types: [type as ChatEventType] } : undefined,
  stream: typeof stream === 'string' ? (stream as StreamId) : undefined,
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

/** Prints events as they come, until it is interrupted. */
const follow = async ({ events }: Tool, wanted: Wanted, after: Position, show: (event: RecordedEvent) => void) => {
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  const { filter, stream } = wanted;
  for await (const batch of events.subscribe({ after, signal: ending.signal, ...(filter && { filter }) }))
    for (const event of batch.events) if (stream === undefined || event.streamId === stream) show(event);
};

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

/** Commands on the log itself. */
export const logCommands = (parts: CliParts): Command => {
  const group = createGroup('log', 'look into the log of events');
  const { terminal } = parts;
  addCommand(group, parts, {
    usage: 'tail',
    summary: 'the newest events; of erased users, what was personal is shown as erased',
    options: [
      ['--limit <n>', 'so many', '20'],
      ['--type <type>', 'only events of this type'],
      ['--stream <stream>', 'only events of this stream'],
      ['--follow', 'go on with what comes, until it is interrupted'],
    ],
    examples: ['log tail', 'log tail --type MessageSent --limit 5', 'log tail --follow --json'],
    run: async (tool, _, options) => {
      const wanted = wantedOf(options);
      const found = await newest(tool.events, wanted);
      if (options['follow'] !== true) {
        const headings = ['position', 'time', 'type', 'stream', 'revision', 'actor'];
        return { json: { events: found }, text: tableOf(headings, found.map(row)) };
      }
      const show = (event: RecordedEvent) =>
        terminal.out(`${options['json'] === true ? JSON.stringify(event) : lineOf(event)}\n`);
      found.forEach(show);
      await follow(tool, wanted, found.at(-1)?.position ?? (await tool.events.head()), show);
      return undefined;
    },
  });
  addCommand(group, parts, {
    usage: 'stats',
    summary: 'how many events of which types it holds, and how large they are',
    examples: ['log stats', 'log stats --json'],
    run: async ({ logStats }) => {
      const stats = await logStats();
      const rows = stats.types.map(({ type, events, bytes }) => [type, events, megabytes(bytes)]);
      const summary = [
        `${stats.events} events in ${stats.streams} streams, ${megabytes(stats.bytes)}, head at ${stats.head}`,
        `from ${stats.firstAt ?? '-'} to ${stats.lastAt ?? '-'}`,
      ].join('\n');
      return { json: stats, text: `${tableOf(['type', 'events', 'size'], rows)}\n${summary}` };
    },
  });
  addCopyCommand(group, parts);
  addReplayCommand(group, parts);
  addShowCommand(group, parts);
  return group;
};
