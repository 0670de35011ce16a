import { formatVerifierKey } from '../../domain/audit/signed-note.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { AuditedPart } from './audited-stream.js';
import { bundleFiles, type BundleContent, type BundleEntry, type BundleParts } from './bundle-files.js';
import { mediaOfBundle } from './bundle-media.js';
import { namesOf } from './bundle-names.js';
import { coveringCheckpoint } from './covering-checkpoint.js';
import { eventsCursor } from './events-cursor.js';
import type { ExportParts } from './export-parts.js';
import type { ExportPlan } from './export-plan.js';
import { MOST_EXPORTED, MOST_FILE_BYTES, stretchToExport, subjectOf, type ExportQuery } from './export-request.js';
import { exportSlots } from './export-slots.js';
import { findEvents } from './find-events.js';
import { gathered } from './gathered.js';
import { indexSubjects } from './index-subjects.js';
import { planRange } from './plan-range.js';
import { planSubject } from './plan-subject.js';
import type { Survey } from './survey-events.js';

/** A bundle that is ready to be sent. */
export interface PreparedExport {
  readonly fileName: string;
  readonly contentType: string;
  /** How many events it shows. */
  readonly events: number;
  /** Where the next part begins; null where this is the last one. */
  readonly nextCursor: string | null;
  /** The bundle in pieces, which are made as they are read. */
  readonly parts: AsyncIterable<AuditedPart>;
}

/** A piece is of so many bytes: with each, the role of its reader is required. */
const PIECE_BYTES = 65_536;

/** Counts the events of the first reading: the one that writes them. */
const countedOnce = (entries: BundleContent['entries']) => {
  let readings = 0;
  let events = 0;
  async function* read(): AsyncGenerator<BundleEntry> {
    const isCounted = readings++ === 0;
    for await (const entry of entries()) {
      if (isCounted && !entry.isEdge) events += 1;
      yield entry;
    }
  }
  /** Answers how many were read since the last time. */
  const taken = (): number => {
    const count = events;
    events = 0;
    return count;
  };
  return { read, taken };
};

async function* piecesOf(
  parts: Pick<ExportParts, 'archive'> & BundleParts,
  content: BundleContent,
  concerned: Iterable<UserId>,
): AsyncGenerator<AuditedPart> {
  const { read, taken } = countedOnce(content.entries);
  const archived = parts.archive.pack(bundleFiles(parts, { ...content, entries: read }));
  let userIds = concerned;
  for await (const piece of gathered(archived, PIECE_BYTES)) {
    yield { content: piece, results: taken(), userIds };
    userIds = [];
  }
}

/** Makes bundles of what auditors ask for. */
export const auditExportUseCases = (parts: ExportParts) => {
  const { checkpoints, log, crypto, archive } = parts;
  const covering = coveringCheckpoint(parts);
  const [inRange, ofSubject] = [planRange(parts, covering), planSubject(parts, covering, indexSubjects(parts))];
  const find = findEvents(parts);
  const take = exportSlots();

  const contentOf = async ({ survey, content }: ExportPlan): Promise<BundleContent> => ({
    ...(await content()),
    origin: checkpoints.origin,
    logKeys: (await checkpoints.keys()).map(({ key }) => formatVerifierKey(crypto.sha256, key)),
    names: () => namesOf(parts.directory, survey.named),
    media: await mediaOfBundle(parts, survey.files),
  });

  const requireShowable = ({ events, isWhole, isBare }: Survey, { limit }: ExportQuery): void => {
    if (events === 0) reject('audit_export_empty');
    if (!isWhole && limit === undefined) reject('audit_export_too_large');
    if (isBare) reject('audit_export_unsealed');
  };

  return {
    /**
     * Makes a bundle of a range, a conversation or a user, or a part of it where a limit is given. It has a place until the signal. Rejects
     * `audit_range_backwards`, `audit_export_empty`, `audit_export_too_large`, `audit_export_unsealed` and `audit_exports_running`; raises `ProofPendingError` and
     * `ExportsOverloadedError`.
     */
    prepareExport: async (
      query: ExportQuery,
      auditorId: UserId | null,
      signal: AbortSignal,
    ): Promise<PreparedExport> => {
      take(auditorId, signal);
      const { stretch, end } = await stretchToExport(find, query, await log.head());
      const bounds = { events: Math.min(query.limit ?? MOST_EXPORTED, MOST_EXPORTED), fileBytes: MOST_FILE_BYTES };
      const subject = subjectOf(query);
      const plan = await (subject ? ofSubject(subject, stretch, bounds) : inRange(stretch, bounds));
      requireShowable(plan.survey, query);
      const { survey, upTo, name } = plan;
      return {
        fileName: `audit-${name}.${archive.extension}`,
        contentType: archive.contentType,
        events: survey.events,
        nextCursor: survey.isWhole ? null : eventsCursor({ after: upTo, upTo: end }),
        parts: piecesOf(parts, await contentOf(plan), survey.concerned),
      };
    },
  };
};

export type AuditExportUseCases = ReturnType<typeof auditExportUseCases>;
