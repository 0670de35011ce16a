import type { Command } from 'commander';
import { addCommand, createGroup } from './group.js';
import { counted, progressOn } from './output.js';
import type { CliParts } from './tool.js';

/** Commands on the keys that the master key wraps. */
export const keysCommands = (parts: CliParts): Command => {
  const group = createGroup('keys', 'change the master key');
  addCommand(group, parts, {
    usage: 'rotate',
    summary: 'wrap every key with a new master key; nothing in the log changes, servers go on',
    examples: ['keys rotate', 'MASTER_KEY=new… MASTER_KEY_PREVIOUS=old… chatapp keys rotate'],
    run: async ({ rotateMasterKey }) => {
      const progress = progressOn(parts.terminal);
      try {
        const outcome = await rotateMasterKey((done) => progress.show(counted(done, 'key')));
        return {
          json: outcome,
          text: `${counted(outcome.keys, 'key')} wrapped anew, by master key ${outcome.masterKey}`,
        };
      } finally {
        progress.end();
      }
    },
  });
  return group;
};
