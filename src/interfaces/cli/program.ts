import { Command, CommanderError } from 'commander';
import { RebuildCancelledError } from '../../application/ports/projection-operations.js';
import { auditCommands } from './audit.commands.js';
import { backupCommand, restoreCommand } from './backup.commands.js';
import { doctorCommand } from './doctor.command.js';
import { keysCommands } from './keys.commands.js';
import { logCommands } from './log.commands.js';
import { projectionsCommands } from './projections.commands.js';
import { psqlCommand } from './psql.command.js';
import { InterruptedError, MisfitError, type CliParts, type Terminal } from './tool.js';
import { usersCommands } from './users.commands.js';

const FAILED = 1;
const MISUSED = 2;
const MISFIT = 3;
/** What shells answer for a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
const INTERRUPTIONS = [RebuildCancelledError, InterruptedError];

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Where several addresses were tried, the first failure says most.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error.message;
};

/** Prepares every command, those of groups too: it leaves the exit to the caller, and writes to the given terminal. */
const prepared = (command: Command, terminal: Terminal): Command => {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for help)')
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.note(text) });
  for (const each of command.commands) prepared(each, terminal);
  return command;
};

const COMMANDS = [
  usersCommands,
  projectionsCommands,
  logCommands,
  keysCommands,
  auditCommands,
  backupCommand,
  restoreCommand,
  doctorCommand,
  psqlCommand,
];

const createProgram = (parts: CliParts): Command => {
  const program = new Command('chatapp')
    .description(
      'Looks after a ChatApp server; works beside a running one. Reads the same settings: the environment, or .env.',
    )
    .version(parts.version)
    .addHelpText(
      'after',
      '\nExamples:\n  $ chatapp doctor\n  $ chatapp users grant ada admin\n  $ chatapp log tail --follow',
    );
  for (const group of COMMANDS) program.addCommand(group(parts));
  return prepared(program, parts.terminal);
};

/**
 * Carries out one command line. Answers the exit code: 0, 1 for a failure, 2 for a wrong command line, 3 where the log does not fit
 * what proves it, 130 where Ctrl-C has ended it.
 */
export const runCli = async (parts: CliParts, args: readonly string[]): Promise<number> => {
  try {
    await createProgram(parts).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    parts.terminal.note(`chatapp: ${messageOf(error)}\n`);
    if (error instanceof MisfitError) return MISFIT;
    return INTERRUPTIONS.some((each) => error instanceof each) ? INTERRUPTED : FAILED;
  }
};
