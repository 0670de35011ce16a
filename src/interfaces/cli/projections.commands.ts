import type { Command } from 'commander';
import type { RebuildProgress, Verification, VerifyProgress } from '../../application/ports/projection-operations.js';
import { PROJECTIONS } from '../../application/projections/registry.js';
import { rebuilt as rebuiltResult, redriven, verified } from '../../application/maintenance/maintenance-result.js';
import { addCommand, createGroup, type Given } from './group.js';
import { endedBy } from './interruptible.js';
import { maintained } from './maintained.js';
import { counted, showingProgress, tableOf, type Show } from './output.js';
import { rebuildPace } from './rebuild-pace.js';
import { rebuiltText } from './rebuilt-text.js';
import { carryOut, REASON_TO_ACT } from './recorded.js';
import type { CliParts, Tool } from './tool.js';
import { checksumText } from './checksum-text.js';
import { verificationText } from './verification-text.js';

const percentOf = ({ share }: RebuildProgress): string => `${Math.floor(share * 100)} %`;

/** Shows how far work has come, and where it ends early how far it had. */
const progressIn =
  ({ terminal }: Pick<CliParts, 'terminal'>) =>
  async <Result>(
    what: string,
    work: (onProgress: (progress: VerifyProgress) => void) => Promise<Result>,
  ): Promise<Result> => {
    const paceOf = rebuildPace(() => performance.now());
    return showingProgress(terminal, (show) =>
      work((now) => show(`${what}: ${'table' in now ? `comparing ${now.table} with the one in use` : paceOf(now)}`)),
    );
  };

/** Compares one with the log. */
const verifyOne = (
  tool: Tool,
  parts: CliParts,
  { name, options, show }: { name: string; options: Given; show: Show },
): Promise<Verification> =>
  maintained(tool, parts, options, {
    ...{ projection: name, kind: 'verify', resultOf: verified },
    work: (signal) =>
      endedBy(signal, `what ${name} holds was not compared`, async (requireWanted) => {
        const [verification] = await tool.projections.verify(name, (_, now) => {
          requireWanted();
          show('table' in now ? `${name}: comparing ${now.table}` : `${name}: reading the log, ${percentOf(now)}`);
        });
        return verification as Verification;
      }),
  });

/** Commands on read models: their progress, and what to do when an event could not be applied. */
export const projectionsCommands = (parts: CliParts): Command => {
  const group = createGroup('projections', 'see where read models stand, rebuild them, apply what was parked');
  const withProgress = progressIn(parts);
  addCommand(group, parts, {
    usage: 'list',
    summary: 'where each stands, and whether a node works on it',
    examples: ['projections list', 'projections list --json'],
    run: async ({ projections: of }) => {
      const projections = await of.list();
      const headings = ['name', 'version', 'position', 'behind', 'running', 'parked', 'stopped'];
      const rows = projections.map((each) => [
        each.name,
        each.version,
        each.position,
        each.behind,
        each.running,
        each.parked,
        each.stopped,
      ]);
      return { json: { projections }, text: tableOf(headings, rows) };
    },
  });
  addCommand(group, parts, {
    usage: 'rebuild <name>',
    summary:
      'fill a read model anew beside the one in use, compare both, and switch; servers go on meanwhile. Ctrl-C ends it in order: ' +
      'the same command goes on with what is filled, as it does after a crash',
    options: [
      ['--fresh', 'begin anew, instead of going on with what was left unfinished'],
      ['--force', 'switch though events could not be applied that are in use'],
      REASON_TO_ACT,
    ],
    examples: ['projections rebuild messages', 'projections rebuild messages --fresh'],
    run: async (tool, [name = ''], options) => {
      const choices = { isFresh: options['fresh'] === true, isForced: options['force'] === true };
      const rebuilt = await maintained(tool, parts, options, {
        ...{ projection: name, kind: 'rebuild', ...choices, resultOf: rebuiltResult },
        work: (signal) =>
          withProgress(`rebuilding ${name}`, (onProgress) =>
            tool.projections.rebuild(name, { ...choices, signal }, onProgress),
          ),
      });
      return { json: { name, rebuilt: true, ...rebuilt }, text: rebuiltText(name, rebuilt) };
    },
  });
  addCommand(group, parts, {
    usage: 'cancel <name>',
    summary: 'throw away what a rebuild has left unfinished; the one in use stays',
    options: [REASON_TO_ACT],
    examples: ['projections cancel messages'],
    run: async (tool, [name = ''], options) => {
      const cancelled = await maintained(tool, parts, options, {
        ...{ projection: name, kind: 'discard' },
        work: () => tool.projections.cancelRebuild(name),
        resultOf: (discarded) => ({ kind: 'discard', discarded }),
      });
      const text = cancelled
        ? `what was filled of ${name} is thrown away`
        : `no rebuild of ${name} was left unfinished`;
      return { json: { name, cancelled }, text };
    },
  });
  addCommand(group, parts, {
    usage: 'verify [name]',
    summary: 'compare read models with the log, row by row; the server goes on meanwhile',
    options: [REASON_TO_ACT],
    examples: ['projections verify', 'projections verify messages --json'],
    run: async (tool, [name], options) => {
      const names = name === undefined ? PROJECTIONS.map((each) => each.name) : [name];
      const verifications: Verification[] = [];
      await showingProgress(parts.terminal, async (show) => {
        for (const each of names) verifications.push(await verifyOne(tool, parts, { name: each, options, show }));
      });
      return {
        json: { verifications },
        text: verificationText(verifications),
        failed: verifications.some(({ isRight }) => !isRight),
      };
    },
  });
  addCommand(group, parts, {
    usage: 'checksum [name]',
    summary:
      'sum up what read models hold, without positions: the same events make the same sums in every log; MongoDB is not written to meanwhile',
    examples: ['projections checksum', 'projections checksum messages --json'],
    run: async ({ projections }, [name]) => {
      const checksums = await showingProgress(parts.terminal, (show) =>
        projections.checksum(name, (each, table) => show(`${each}: ${table}`)),
      );
      return { json: { checksums }, text: checksumText(checksums) };
    },
  });
  addCommand(group, parts, {
    usage: 'resume <name>',
    summary: 'let one go on that has stopped, from where it stands; rebuild it instead where rows are wrong',
    options: [REASON_TO_ACT],
    examples: ['projections resume mail'],
    run: async (tool, [name = ''], options) => {
      const isKnown = PROJECTIONS.some((each) => each.name === name);
      const recorded = { command: 'projections resume', filter: isKnown ? { projection: name } : {} };
      await carryOut(tool, recorded, options, () => tool.projections.resume(name));
      return { json: { name, resumed: true }, text: `${name} goes on` };
    },
  });
  addCommand(group, parts, {
    usage: 'parked [name]',
    summary: 'events that could not be applied, and those behind them in their streams',
    examples: ['projections parked', 'projections parked messages --json'],
    run: async ({ projections }, [name]) => {
      const parked = await projections.parked(name);
      const headings = ['projection', 'position', 'type', 'stream', 'since', 'reason'];
      const rows = parked.map((each) => [
        each.projection,
        each.position,
        each.type,
        each.streamId,
        each.parkedAt,
        each.reason,
      ]);
      return { json: { parked }, text: parked.length === 0 ? 'nothing is parked' : tableOf(headings, rows) };
    },
  });
  addCommand(group, parts, {
    usage: 'redrive <name>',
    summary:
      'apply what was parked, once its cause is gone; of mails also what was passed over, or is not as the log has it',
    options: [REASON_TO_ACT],
    examples: ['projections redrive users'],
    run: async (tool, [name = ''], options) => {
      const outcome = await maintained(tool, parts, options, {
        ...{ projection: name, kind: 'redrive', resultOf: redriven },
        work: (signal) =>
          endedBy(signal, `chatapp projections redrive ${name} goes on`, () =>
            withProgress(`redriving ${name}`, (onProgress) => tool.projections.redrive(name, { signal }, onProgress)),
          ),
      });
      const { applied, stillParked } = outcome;
      return { json: { name, ...outcome }, text: `${counted(applied, 'event')} applied, ${stillParked} still parked` };
    },
  });
  return group;
};
