import type { Command } from 'commander';
import { addCommand, createGroup } from './group.js';
import { counted, showingProgress } from './output.js';
import { carryOut, REASON_TO_ACT } from './recorded.js';
import type { CliParts } from './tool.js';

/** Commands on the keys that the master key wraps. */
export const keysCommands = (parts: CliParts): Command => {
  const group = createGroup('keys', 'change the master key');
  addCommand(group, parts, {
    usage: 'rotate',
    summary: 'wrap every key with a new master key; nothing in the log changes, servers go on',
    options: [REASON_TO_ACT],
    examples: ['keys rotate', 'MASTER_KEY=new… MASTER_KEY_PREVIOUS=old… chatapp keys rotate'],
    run: async (tool, _, options) => {
      const outcome = await showingProgress(parts.terminal, (show) =>
        carryOut(tool, { command: 'keys rotate', filter: {} }, options, () =>
          tool.rotateMasterKey((done) => show(counted(done, 'key'))),
        ),
      );
      return {
        json: outcome,
        text: `${counted(outcome.keys, 'key')} wrapped anew, by master key ${outcome.masterKey}`,
      };
    },
  });
  return group;
};
