import type { Command } from 'commander';
import type { Misfit } from '../../application/audit/misfit.js';
import { addExportCommand } from './audit-export.command.js';
import { bundleText } from './bundle-text.js';
import { certificateText } from './certificate-text.js';
import { addCommand, createGroup, type Given } from './group.js';
import { counted, showingProgress } from './output.js';
import { actOf, carryOut, REASON_TO_ACT } from './recorded.js';
import type { CliParts, LogVerified, Tool } from './tool.js';

const listOf = (given: Given[string]): readonly string[] => (Array.isArray(given) ? (given as readonly string[]) : []);

const textOf = ({ events, root, heads, indexes, pending, misfit, former }: LogVerified): string =>
  [
    `${counted(events, 'event')} as they were put under the tree, ${counted(heads, 'signed head')} fit`,
    ...(misfit === null ? [`root ${root}`] : []),
    ...former.map((each) => `${counted(each.events, 'event')} as they were in ${each.origin}, which was copied`),
    ...(indexes > 0 ? [`indexes of conversations and users: ${indexes} fit`] : []),
    ...(pending > 0 ? [`${counted(pending, 'event')} not under the tree yet`] : []),
  ].join('\n');

const placeOf = ({ position, streamId }: Misfit): string =>
  [...(position === null ? [] : [`position ${position}`]), ...(streamId === null ? [] : [`stream ${streamId}`])].join(
    ', ',
  );

const sentenceOf = (misfit: Misfit): string => {
  const place = placeOf(misfit);
  return `the log does not fit: ${misfit.what}${place === '' ? '' : ` at ${place}`}: ${misfit.detail}`;
};

/** Why a log that does not fit is not written to: what came next would take the place of what is missing. */
const AS_IT_IS = 'it does not fit, and is left as it is';

/** Says what was met, and what it came from: that the log is out of reach does not say that it can only be read. */
const whyOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** Records that the log was verified. Answers why that could not be; null where it was. */
const recordVerification = async (tool: Tool, { events }: LogVerified, options: Given): Promise<string | null> => {
  const { checkpoint, key } = options;
  const filter = { checkpoints: String(listOf(checkpoint).length), keys: String(listOf(key).length) };
  const call = actOf({ command: 'audit verify', filter }, options);
  try {
    await tool.useCases.auditGate.answered(call, tool.newContext(), async () => ({ answer: null, results: events }));
    return null;
  } catch (error) {
    return whyOf(error); // a log that cannot be written to can be verified all the same
  }
};

/** Commands on what proves the log. */
export const auditCommands = (parts: CliParts): Command => {
  const group = createGroup('audit', 'the tree that proves the log, and the keys that sign it');
  addCommand(group, parts, {
    usage: 'verify [file]',
    summary:
      'compute the tree anew from the log, and compare it with the one that is kept, every signed head and those that you kept; names the first event ' +
      'that does not fit. With a file, verify that one offline, by the keys that are given: of a bundle, that its events are in the log as they were stored, that ' +
      'each text is the one that was sealed then, and, for a range, that no event is left out; of the certificate of an erasure, that it is in the log, and that the log ' +
      'only grew by it. That the log was verified is recorded in it, unless it cannot be written to, or does not fit: the answer says so. Exit code: 0 where all fits, 3 where something does not, 1 where it could not be verified',
    options: [
      ['--checkpoint <file...>', 'checkpoints that were kept elsewhere: they show what a replaced database does not'],
      ['--key <key...>', 'keys of the log that were kept elsewhere, to verify these with, or a file'],
      ['--witness <key...>', 'keys of witnesses, who must all have signed the checkpoint of the file'],
      REASON_TO_ACT,
    ],
    examples: [
      'audit verify',
      'audit verify --checkpoint yesterday.txt',
      'audit verify bundle.zip --key example.org/chat+530d903a+Aek…',
      'audit verify certificate.txt --key example.org/chat+530d903a+Aek…',
    ],
    offline: async ([file], options) => {
      if (file === undefined) return undefined;
      const trust = { keys: listOf(options['key']), witnesses: listOf(options['witness']) };
      const certificate = await parts.verifyCertificate(file, trust);
      if (certificate) return { json: certificate, text: certificateText(certificate) };
      const bundle = await parts.verifyBundle(file, trust);
      return { json: bundle, text: bundleText(bundle) };
    },
    run: async (tool, _, options) => {
      const given = { files: listOf(options['checkpoint']), keys: listOf(options['key']) };
      const verified = await showingProgress(parts.terminal, (show) =>
        tool.audit.verify(given, (events, total) => show(`${events} of ${counted(total, 'event')}`)),
      );
      const misfit = verified.misfit ?? verified.former.find((each) => each.misfit !== null)?.misfit;
      const unrecorded = misfit ? AS_IT_IS : await recordVerification(tool, verified, options);
      return {
        json: { ...verified, unrecorded },
        text: [
          textOf(verified),
          ...(unrecorded === null ? [] : [`no record of this was left in the log: ${unrecorded}`]),
        ].join('\n'),
        ...(misfit && { misfit: sentenceOf(misfit) }),
      };
    },
  });
  addCommand(group, parts, {
    usage: 'resume',
    summary:
      'let a halted tree grow again, once it is known what happened and mended; it halts anew where the log does not fit',
    options: [REASON_TO_ACT],
    examples: ['audit resume', 'audit resume --reason "Row 1234 is restored from the back-up"'],
    run: async (tool, _, options) => {
      const recorded = { command: 'audit resume', filter: {} };
      const resumed = await carryOut(tool, recorded, options, () => tool.audit.resumeTree());
      return { json: { resumed }, text: resumed ? 'the tree grows again' : 'the tree was not halted' };
    },
  });
  addExportCommand(group, parts);
  const keys = createGroup('keys', 'the keys that sign the heads of the tree');
  addCommand(keys, parts, {
    usage: 'rotate',
    summary:
      'sign with a new key; the head of this moment is signed by both, and the old key verifies what it has signed',
    options: [REASON_TO_ACT],
    examples: ['audit keys rotate'],
    run: async (tool, _, options) => {
      const recorded = { command: 'audit keys rotate', filter: {} };
      const size = await carryOut(tool, recorded, options, () => tool.audit.rotateLogKey());
      return { json: { size }, text: `both keys have signed the head of ${counted(size, 'event')}` };
    },
  });
  group.addCommand(keys);
  return group;
};
