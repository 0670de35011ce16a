import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { userId } from '../../schemas/fields.js';
import { auditRoute } from '../audit-route.js';
import { bytesAnswer } from '../bytes-answer.js';
import { route, type Route } from '../route.js';

const TEXT = { contentType: 'text/plain; charset=utf-8' };
const params = z.strictObject({ userId });

const documented = { params, answers: { 200: null }, downloads: 'text/plain' } as const;

/** The certificates of erasures, for auditors and for those who erase others. */
export const erasureRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  return [
    audited('get', '/audit/v1/erasures/:userId/certificate', {
      ...documented,
      tag: 'Audit',
      summary:
        'The signed certificate of an erasure (C2SP signed-note), to be verified offline: who, when, which keys, and that the log only grew; for auditors',
      showsContent: false,
      refusals: ['erasure_not_found', 'erasure_pending', 'proof_pending'],
      answer: async ({ params: of, context }) => {
        const certificate = await useCases.certifyErasure(of.userId, context.now);
        return { answer: bytesAnswer(certificate, TEXT), results: 1 };
      },
    }),
    route('get', '/user/v1/users/:userId/erasure-certificate', {
      ...documented,
      tag: 'Users',
      summary: 'The signed certificate of an erasure; for admins',
      refusals: ['forbidden', 'erasure_not_found', 'erasure_pending', 'proof_pending'],
      handle: async ({ params: of, context }) => bytesAnswer(await useCases.getErasureCertificate(of, context), TEXT),
    }),
  ];
};
