import { Command } from 'commander';
import { counted, showingProgress } from './output.js';
import { endedBy } from './interruptible.js';
import { ToolError, type BackupMade, type CliParts, type MovingProgress } from './tool.js';

const BACKUP_HELP = `
It is of one moment: every event that was acknowledged before it began is in it. It holds the log, the keys of users (wrapped by
MASTER_KEY), the queue of mails, and the files. Read models are not in it: they are made from the log. Mails that are kept for want of
SMTP_URL are not in it either.

The queue of mails holds the addresses and names of users in plain text: keep a back-up where nobody else reads it. If files of users
should be there, and are nowhere, the back-up is made without them, and the command ends with 1. Ctrl-C ends it, and nothing is left.

DATA_DIR/secrets.json, with MASTER_KEY, is not in it, unless you say --with-secrets. Keep a copy of it apart: without it nobody can read
the back-up, and who has both reads everything. The keys of users in a back-up open what those wrote, also of users who are erased later:
keep back-ups no longer than you promise to erase.

Examples:
  $ chatapp backup --to /backups/2026-11-27
  $ chatapp backup --to /backups/2026-11-27 --with-secrets`;

const RESTORE_HELP = `
DATA_DIR must be empty, or not there. Every file is compared with its SHA-256 before anything is made, and the log is read whole at the
end. Then start the server: it makes the read models from the log.

Users who were erased after the back-up was made are in it: erase them again.

Examples:
  $ DATA_DIR=./restored chatapp restore --from /backups/2026-11-27 --secrets /safe/secrets.json`;

const textOf = (what: string, { folder, events, files, bytes, sha256 }: BackupMade): string =>
  `${what} ${folder}: ${counted(events, 'event')}, ${counted(files, 'file')}, ${(bytes / 1_048_576).toFixed(1)} MiB\nsha256 of the log ${sha256}`;

/** Shows what is done, how much of it, and how fast. Ctrl-C ends it in order. */
const withProgress = <Result>(
  { terminal, interruptible }: CliParts,
  work: (onProgress: MovingProgress) => Promise<Result>,
): Promise<Result> =>
  interruptible((signal) =>
    showingProgress(terminal, (show) => {
      let [now, startedAt] = ['', 0];
      return endedBy(signal, 'nothing was made', (requireWanted) =>
        work((doing, done) => {
          requireWanted();
          if (doing !== now) [now, startedAt] = [doing, performance.now()];
          const perSecond = Math.round((done * 1_000) / Math.max(1, performance.now() - startedAt));
          show(`${doing}: ${done}, ${perSecond}/s`);
        }),
      );
    }),
  );

/** Makes a back-up of the embedded data. */
export const backupCommand = (parts: CliParts): Command => {
  const { backUp, terminal } = parts;
  const command = new Command('backup')
    .description('back up the embedded data while the server runs, and read the back-up whole')
    .requiredOption('--to <folder>', 'the folder that is made')
    .option('--with-secrets', 'put secrets.json, with MASTER_KEY, into it: who has the back-up then reads everything')
    .option('--json', 'answer as JSON')
    .addHelpText('after', BACKUP_HELP);
  return command.action(async () => {
    const { to, withSecrets = false, json } = command.opts<{ to: string; withSecrets?: boolean; json?: boolean }>();
    const made = await withProgress(parts, (onProgress) => backUp({ to, withSecrets }, onProgress));
    const secrets = withSecrets
      ? 'it holds MASTER_KEY: who has it reads everything'
      : 'secrets.json is not in it: keep a copy apart, without it nobody can read the back-up';
    terminal.out(`${json === true ? JSON.stringify(made, null, 2) : `${textOf('backed up to', made)}\n${secrets}`}\n`);
    if (made.missing > 0)
      throw new ToolError(
        `${counted(made.missing, 'file')} of users should be in it, and nothing is under DATA_DIR/media: does the server keep them in MongoDB?`,
      );
  });
};

/** Makes a data folder of a back-up. */
export const restoreCommand = (parts: CliParts): Command => {
  const { restore, terminal } = parts;
  const command = new Command('restore')
    .description('make a new DATA_DIR of a back-up, which the server then starts on')
    .requiredOption('--from <folder>', 'the back-up')
    .option('--secrets <file>', 'the secrets.json of the server that was backed up, where the back-up has none')
    .option('--json', 'answer as JSON')
    .addHelpText('after', RESTORE_HELP);
  return command.action(async () => {
    const { from, secrets, json } = command.opts<{ from: string; secrets?: string; json?: boolean }>();
    const made = await withProgress(parts, (onProgress) => restore({ from, secrets }, onProgress));
    terminal.out(`${json === true ? JSON.stringify(made, null, 2) : textOf('restored to', made)}\n`);
  });
};
