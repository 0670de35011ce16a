import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { EventsQuery, ShownEvent } from '../../../application/audit/list-events.js';
import type { Instant, UserId } from '../../../domain/kernel/ids.js';
import { addCommand, type Given } from '../group.js';
import { limitOf } from '../limit.js';
import { conversationOf, streamOf } from '../named.js';
import { filterOf, lookOf, REASON_TO_LOOK } from '../recorded.js';
import { requireUser } from '../require-user.js';
import { ToolError, type CliParts, type Tool } from '../tool.js';
import { Player } from './player.js';
import { Replay } from './replay.js';
import { stepText } from './step-text.js';

const PAGE = 500;

/** Answers what is replayed: exactly one of the three. */
const wantedOf = async (tool: Tool, { conversation, user, stream }: Given): Promise<EventsQuery> => {
  const given = [conversation, user, stream].filter((each) => typeof each === 'string');
  if (given.length !== 1) throw new ToolError('name exactly one of --conversation, --user and --stream');
  if (typeof conversation === 'string') return { conversationId: conversationOf(conversation) };
  if (typeof stream === 'string') return { streamId: streamOf(stream) };
  return { userId: await requireUser(tool, user as string) };
};

export const timeOf = (name: string, given: unknown): Instant | undefined => {
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || Number.isNaN(Date.parse(given)))
    throw new ToolError(`--${name} takes a time such as 2026-01-31T12:00:00Z`);
  return new Date(given).toISOString() as Instant;
};

const speedOf = (given: unknown): number => {
  const speed = Number(given);
  if (!(speed > 0 && Number.isFinite(speed))) throw new ToolError('--speed takes a number above 0');
  return speed;
};

/** Reads the events, oldest first, once it is recorded that somebody looks at them. */
const eventsOf = async (tool: Tool, query: EventsQuery, limit: number, options: Given): Promise<ShownEvent[]> => {
  const call = lookOf({ command: 'log replay', filter: filterOf(query) }, options);
  return tool.useCases.auditGate.answered(call, tool.newContext(), async () => {
    const events: ShownEvent[] = [];
    const concerned = new Set<UserId>();
    let cursor: string | undefined;
    do {
      const most = Math.min(PAGE, limit - events.length);
      const { page, userIds } = await tool.useCases.listAuditEvents({ ...query, cursor }, most);
      events.push(...page.events);
      for (const userId of userIds) concerned.add(userId);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && events.length < limit);
    return { answer: events, results: events.length, userIds: concerned };
  });
};

/** Replays what happened in a conversation, to a user, or in a stream. */
export const addReplayCommand = (group: Command, parts: CliParts): void => {
  const { terminal } = parts;
  addCommand(group, parts, {
    usage: 'replay',
    summary:
      'step through a conversation, a user or a stream: forward, back, to a time; with what each step has changed',
    options: [
      ['--conversation <id>', 'what happened in this conversation'],
      ['--user <login>', 'what this user did, and what names them'],
      ['--stream <stream>', 'the events of this stream'],
      REASON_TO_LOOK,
      ['--from <time>', 'only what happened since then'],
      ['--to <time>', 'only what happened before then'],
      ['--speed <n>', 'play n times as fast as it happened', '1'],
      ['--limit <n>', 'at most so many events', '10000'],
      ['--all', 'print every step at once; so it is where this is no terminal'],
    ],
    examples: [
      'log replay --user ada --reason "Complaint 2026-17"',
      'log replay --stream message-01980000-0000-7000-8000-000000000004 --reason "Complaint 2026-17" --all',
    ],
    run: async (tool, _, options) => {
      const speed = speedOf(options['speed']);
      const range = { from: timeOf('from', options['from']), to: timeOf('to', options['to']) };
      const query = { ...(await wantedOf(tool, options)), ...range };
      const events = await eventsOf(tool, query, limitOf(options['limit']), options);
      const replay = new Replay(events);
      if (terminal.isInteractive && options['all'] !== true && options['json'] !== true) {
        await new Player(replay, { terminal, sleep: (ms) => sleep(ms), speed }).run();
        return undefined;
      }
      const steps = Array.from({ length: replay.length }, () => replay.forward()).filter((step) => step !== undefined);
      const text = steps.map((step) => stepText(step, steps.length)).join('\n');
      return { json: { steps }, text: text === '' ? 'nothing was found' : text };
    },
  });
};
