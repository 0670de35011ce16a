import { Command } from 'commander';
import { tableOf } from './output.js';
import { ToolError, type CliParts } from './tool.js';

/** Examines everything that a server needs, and says what is wrong. */
export const doctorCommand = ({ examine, terminal }: CliParts): Command => {
  const command = new Command('doctor')
    .description(
      'check configuration, stores, versions, clock and disk, and whether read models have the newest events',
    )
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExamples:\n  $ chatapp doctor\n  $ chatapp doctor --json');
  return command.action(async () => {
    const findings = await examine();
    const rows = findings.map(({ status, check, detail, advice }) => [
      status,
      check,
      advice === undefined ? detail : `${detail}: ${advice}`,
    ]);
    const isJson = command.opts<{ json?: boolean }>().json === true;
    terminal.out(`${isJson ? JSON.stringify({ findings }, null, 2) : tableOf(['status', 'check', 'finding'], rows)}\n`);
    const failures = findings.filter(({ status }) => status === 'failure');
    if (failures.length > 0) throw new ToolError(`not all is well: ${failures.map(({ check }) => check).join(', ')}`);
  });
};
