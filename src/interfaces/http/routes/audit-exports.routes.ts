import { z } from 'zod';
import type { PreparedExport } from '../../../application/audit/export-bundle.js';
import { MOST_EXPORTED } from '../../../application/audit/export-request.js';
import type { UseCases } from '../../../application/use-cases.js';
import { conversationId, eventsCursor, moment, position, userId, wholeNumber } from '../../schemas/fields.js';
import { AT_MOST_ONE } from '../../schemas/published.js';
import { auditDownload } from '../audit-route.js';
import { contentDisposition } from '../content-disposition.js';
import type { Route } from '../route.js';

const PATH = '/audit/v1/exports';
const ZIP = 'application/zip';

const query = z
  .strictObject({
    after: position.optional(),
    before: position.optional(),
    from: moment.optional(),
    to: moment.optional(),
    cursor: eventsCursor.optional(),
    limit: wholeNumber(MOST_EXPORTED),
    conversationId: conversationId.optional(),
    userId: userId.optional(),
  })
  .refine(({ conversationId: one, userId: other }) => one === undefined || other === undefined, {
    message: 'takes conversationId or userId, not both',
    path: ['userId'],
  })
  .meta({ [AT_MOST_ONE]: ['conversationId', 'userId'] });

type Query = z.output<typeof query>;

/** Answers where the next part is. */
const linkTo = (asked: Query, cursor: string): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...asked, cursor }))
    if (value !== undefined) given.set(name, String(value));
  return `<${PATH}?${given.toString()}>; rel="next"`;
};

const headersOf = (asked: Query, { fileName, events, nextCursor }: PreparedExport): Record<string, string> => ({
  'Content-Disposition': contentDisposition('attachment', fileName),
  'X-Events': String(events),
  ...(nextCursor !== null && { Link: linkTo(asked, nextCursor) }),
});

/** Bundles of what auditors show to others, to be verified without the server. */
export const auditExportRoutes = (useCases: UseCases): Route[] => [
  auditDownload({ auditGate: () => useCases.auditGate })('get', PATH, {
    tag: 'Audit',
    summary:
      'The events of a range, a conversation or a user as a bundle that is verified offline: stored bytes, their own keys, texts, files, proofs, the signed head, a transcript; for ' +
      'auditors. With limit it comes in parts: the header Link leads to the next one. A ZIP that was cut off cannot be opened: ask for it again',
    showsContent: true,
    query,
    answers: { 200: null },
    downloads: ZIP,
    refusals: [
      'audit_range_backwards',
      'audit_export_empty',
      'audit_export_too_large',
      'audit_export_unsealed',
      'audit_exports_running',
      'proof_pending',
    ],
    stream: ({ query: asked, context }) => {
      let prepared: PreparedExport | undefined;
      return {
        contentType: ZIP,
        isEndless: false,
        parts: async (signal) => (prepared = await useCases.prepareExport(asked, context.actor, signal)).parts,
        headers: () => (prepared ? headersOf(asked, prepared) : {}),
      };
    },
  }),
];
