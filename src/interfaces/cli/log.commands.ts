import type { Command } from 'commander';
import { addCommand, createGroup } from './group.js';
import { addShowCommand } from './log-show.command.js';
import { addCopyCommand } from './log-copy.command.js';
import { addTailCommand } from './log-tail.command.js';
import { tableOf } from './output.js';
import { addReplayCommand } from './replay/replay.command.js';
import type { CliParts } from './tool.js';

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

/** Commands on the log itself. */
export const logCommands = (parts: CliParts): Command => {
  const group = createGroup('log', 'look into the log of events');
  addTailCommand(group, parts);
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
