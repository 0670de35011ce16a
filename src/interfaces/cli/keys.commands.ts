import type { Command } from 'commander';
import { addCommand, createGroup } from './group.js';
import { counted, progressOn } from './output.js';
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
      const progress = progressOn(parts.terminal);
      try {
        const outcome = await carryOut(tool, { command: 'keys rotate', filter: {} }, options, () =>
          tool.rotateMasterKey((done) => progress.show(counted(done, 'key'))),
        );
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
