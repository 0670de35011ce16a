import { justBehind } from '../../domain/kernel/position.js';
import type { Stretch } from '../ports/audit-index.js';
import type { coveringCheckpoint } from './covering-checkpoint.js';
import type { ExportParts } from './export-parts.js';
import type { ExportPlan } from './export-plan.js';
import { proveShown } from './prove.js';
import { entriesOfRange, leavesOfRange, shownLeaves } from './range-entries.js';
import { surveyStretch, type SurveyBounds } from './survey-events.js';

type Parts = Pick<ExportParts, 'log' | 'tree' | 'raw' | 'sha256'>;

/** Plans the bundle of all events of a stretch. */
export const planRange =
  ({ log, tree, raw, sha256 }: Parts, { covering, untilGrown }: ReturnType<typeof coveringCheckpoint>) =>
  async (asked: Stretch, bounds: SurveyBounds): Promise<ExportPlan> => {
    const survey = await surveyStretch(log, asked, bounds);
    const upTo = (survey.isWhole ? asked.upTo : survey.last) ?? asked.upTo;
    const range = { from: justBehind(asked.after), to: upTo };
    return {
      survey,
      upTo,
      name: `${range.from}-${upTo}`,
      content: async () => {
        await untilGrown(upTo);
        const { end } = await leavesOfRange(tree, (await tree.head()).size, range);
        const { size, note } = await covering(end - 1);
        const leaves = await leavesOfRange(tree, size, range);
        return {
          scope: { kind: 'range', ...range },
          size,
          checkpoint: note,
          entries: entriesOfRange(raw, tree, leaves),
          proof: await proveShown({ tree, sha256 }, shownLeaves(leaves), size),
          index: [],
        };
      },
    };
  };
