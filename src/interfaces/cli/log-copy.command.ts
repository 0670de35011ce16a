import type { Command } from 'commander';
import { endedBy } from './interruptible.js';
import { counted, showingProgress } from './output.js';
import { ToolError, type CliParts, type LogCopied, type LogCopyProgress } from './tool.js';

const HELP = `
What it takes along: every event, byte by byte; the keys of users and of the server, wrapped as they are; the queue of mails, with
what was sent. What you bring: the same MASTER_KEY and JWT_SECRET (DATA_DIR/secrets.json), and DATA_DIR/media. Read models are made
anew by the first server on the copy; compare them with chatapp projections checksum.

Ids, streams, revisions, order and times stay. Positions change, also those inside events (read and delivered up to). A copy that was
interrupted goes on where it was. The target is empty, or holds the beginning of this very log: anything else is refused.

Stop the servers first. What they write while the copy is made is copied, too, up to its end; if there is more by then, it says so
and ends with 1: stop them, and run it again. Nothing else may write to the target: that is refused.

At the end both logs are read whole. The SHA-256 is over each event of the target as it is stored: stream, revision, id, type,
version, data and metadata, sealed as they are. Positions are left out, but for those inside events.

Examples:
  $ chatapp log copy --to postgres://chatapp:secret@db/chatapp
  $ chatapp log copy --from postgres://old/chatapp --to kurrentdb://log:2113 --keys-to postgres://new/chatapp`;

const secondsLeft = ({ events, total }: LogCopyProgress, perSecond: number): string =>
  perSecond === 0 ? '' : `, ${Math.ceil((total - events) / perSecond)} s left`;

/** Shows how far a copy is: its pace is that of what it is doing now. */
const shownProgress = (show: (text: string) => void) => {
  let [doing, startedAt, before] = ['', 0, 0];
  return (now: LogCopyProgress): void => {
    if (now.doing !== doing) [doing, startedAt, before] = [now.doing, performance.now(), now.events];
    const perSecond = Math.round(((now.events - before) * 1_000) / Math.max(1, performance.now() - startedAt));
    show(`${doing}: ${now.events} of ${counted(now.total, 'event')}, ${perSecond}/s${secondsLeft(now, perSecond)}`);
  };
};

const textOf = ({ from, to, events, added, keys, sha256, head }: LogCopied): string =>
  [
    `${counted(events, 'event')} at ${to} as at ${from}, ${added} of them copied now, up to position ${head}`,
    `${counted(keys, 'key')} of users; MASTER_KEY and the files under DATA_DIR/media are not in the copy`,
    `sha256 ${sha256}`,
  ].join('\n');

const given = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Adds the command that copies the log to another store. */
export const addCopyCommand = (group: Command, { copyLog, terminal, interruptible }: CliParts): void => {
  const command = group
    .command('copy')
    .description('copy the log, with the keys of users, to another store; an interrupted copy goes on')
    .option('--from <url>', 'the log to copy: postgres:// or kurrentdb://; by default the one of this configuration')
    .requiredOption('--to <url>', 'where to: postgres:// or kurrentdb://')
    .option('--keys-from <url>', 'the database with the keys of users, where --from is KurrentDB')
    .option('--keys-to <url>', 'the empty database that takes them, where --to is KurrentDB')
    .option('--json', 'answer as JSON')
    .addHelpText('after', HELP);
  command.action(async () => {
    const options = command.opts<Record<string, string | boolean | undefined>>();
    const { from, to, keysFrom, keysTo } = options;
    const urls = { from: given(from), to: String(to), keysFrom: given(keysFrom), keysTo: given(keysTo) };
    const copied = await showingProgress(terminal, (show) => {
      const showNow = shownProgress(show);
      return interruptible((signal) =>
        endedBy(signal, 'run it again, and it goes on', (requireWanted) =>
          copyLog(urls, (now) => {
            requireWanted();
            showNow(now);
          }),
        ),
      );
    });
    terminal.out(`${options['json'] === true ? JSON.stringify(copied, null, 2) : textOf(copied)}\n`);
    if (copied.left > 0)
      throw new ToolError(`${counted(copied.left, 'event')} came meanwhile: stop the servers, and run it again`);
  });
};
