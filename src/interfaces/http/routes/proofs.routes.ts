import { z } from 'zod';
import type { UseCases } from '../../../application/use-cases.js';
import { parseTilePath, TILE_WIDTH, type TileRequest } from '../../../domain/audit/tiles.js';
import { formerProofs, growthProof, logKeys } from '../../schemas/audit-proofs.js';
import { position, treeSize } from '../../schemas/fields.js';
import { bytesAnswer } from '../bytes-answer.js';
import { auditRoute } from '../audit-route.js';
import type { Route, RouteAnswer } from '../route.js';

const tag = 'Audit';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

/** Numbers of up to 15 digits in groups of three, without empty groups in front. */
const NUMBER = '(?:x(?:00[1-9]|0[1-9]\\d|[1-9]\\d{2})/(?:x\\d{3}/){0,3})?\\d{3}';
const WIDTH = '(?:[1-9]|[1-9]\\d|1\\d{2}|2[0-4]\\d|25[0-5])';
const TILE = new RegExp(`^(?:entries|\\d|[1-5]\\d|6[0-3])/${NUMBER}(?:\\.p/${WIDTH})?$`);

const tile = z
  .string()
  .regex(TILE, 'takes a tile such as 0/x001/234 or 0/000.p/5')
  .meta({ examples: ['0/000.p/1'] });

const one = (answer: RouteAnswer) => ({ answer, results: 1 });

const requestOf = (path: string): TileRequest => parseTilePath(path) as TileRequest; // the schema has parsed it

/** What auditors and mirrors take to verify the log without the server. It shows nothing that users wrote: leaves hold hashes. */
export const proofRoutes = (useCases: UseCases): Route[] => {
  const audited = auditRoute({ auditGate: () => useCases.auditGate });
  const checkpoint = async () => one(bytesAnswer(await useCases.getCheckpoint(), { contentType: TEXT }));
  return [
    audited('get', '/audit/v1/checkpoint', {
      tag,
      showsContent: false,
      summary: 'The signed head of the tree over the log (C2SP tlog-checkpoint); for auditors',
      answers: { 200: null },
      downloads: 'text/plain',
      refusals: ['proof_pending'],
      answer: checkpoint,
    }),
    audited('get', '/audit/v1/checkpoint/:size', {
      tag,
      showsContent: false,
      summary: 'The signed head of an earlier size, as far as one was signed; for auditors',
      params: z.strictObject({ size: treeSize }),
      answers: { 200: null },
      downloads: 'text/plain',
      refusals: ['audit_checkpoint_not_found'],
      answer: async ({ params }) =>
        one(bytesAnswer(await useCases.getCheckpointAt(params.size), { contentType: TEXT })),
    }),
    audited('get', '/audit/v1/key', {
      tag,
      showsContent: false,
      summary:
        'The name of the log, and every key that it ever signed with, with the sizes that each has signed; for auditors',
      answers: { 200: logKeys },
      refusals: [],
      answer: async () => one({ body: await useCases.listLogKeys() }),
    }),
    audited('get', '/audit/v1/proofs/inclusion', {
      tag,
      showsContent: false,
      summary:
        'The proof that an event is in the log (C2SP tlog-proof), with a checkpoint, to be verified offline; for auditors. For a new event it waits ' +
        'shortly for a head that covers it',
      query: z.strictObject({ position }),
      answers: { 200: null },
      downloads: 'text/plain',
      refusals: ['audit_event_not_found', 'proof_pending'],
      answer: async ({ query }) => one(bytesAnswer(await useCases.proveEvent(query.position), { contentType: TEXT })),
    }),
    audited('get', '/audit/v1/proofs/consistency', {
      tag,
      showsContent: false,
      summary: 'The proof that the log of the size to only grew out of the log of the size from; for auditors',
      query: z.strictObject({ from: treeSize, to: treeSize.optional() }),
      answers: { 200: growthProof },
      refusals: ['audit_size_unknown'],
      answer: async ({ query }) => one({ body: await useCases.proveGrowth(query.from, query.to) }),
    }),
    audited('get', '/audit/v1/proofs/former', {
      tag,
      showsContent: false,
      summary:
        'Where the log is a copy of others: the proof that an event was in each of these, with the bytes that their trees hashed; for auditors',
      query: z.strictObject({ position }),
      answers: { 200: formerProofs },
      refusals: ['audit_event_not_found', 'proof_pending'],
      answer: async ({ query }) => {
        const proofs = await useCases.proveInFormerLogs(query.position);
        return { answer: { body: { proofs } }, results: proofs.length };
      },
    }),
    audited('get', '/audit/v1/events/:position/leaf', {
      tag,
      showsContent: false,
      summary: 'The exact bytes that the tree hashes for an event; for auditors',
      params: z.strictObject({ position }),
      answers: { 200: null },
      downloads: BYTES,
      refusals: ['audit_event_not_found'],
      answer: async ({ params }) =>
        one(bytesAnswer(await useCases.getLeaf(params.position), { contentType: BYTES, isFinal: true })),
    }),
    audited('get', '/audit/v1/tiles/checkpoint', {
      tag,
      showsContent: false,
      summary: 'The signed head, where mirrors look for it (C2SP tlog-tiles); for auditors',
      answers: { 200: null },
      downloads: 'text/plain',
      refusals: ['proof_pending'],
      answer: checkpoint,
    }),
    audited('get', '/audit/v1/tiles/tile/:tile', {
      tag,
      showsContent: false,
      summary:
        'A tile of the tree, or with entries/ the leaves below one (C2SP tlog-tiles), such as tile/0/x001/234 or tile/entries/000.p/5; for auditors',
      params: z.strictObject({ tile }),
      answers: { 200: null },
      downloads: BYTES,
      refusals: ['audit_tile_not_found'],
      answer: async ({ params }) => {
        const request = requestOf(params.tile);
        const isFinal = request.width === TILE_WIDTH;
        return one(bytesAnswer(await useCases.getTile(request), { contentType: BYTES, isFinal }));
      },
    }),
  ];
};
