import type { z } from 'zod';
import type { AuditCall, AuditNeed } from '../../application/audit/audit-call.js';
import type { MakeParts } from '../../application/audit/audited-stream.js';
import type { AuditedAnswer } from '../../application/audit/audit-gate.js';
import type { CommandContext } from '../../application/kernel/command-context.js';
import type { UseCases } from '../../application/use-cases.js';
import { auditHeaders, streamedAuditHeaders } from '../schemas/auditing.js';
import { route, type Route, type RouteAnswer } from './route.js';

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface AuditInput<Params, Query> {
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly context: CommandContext;
  /** Why the auditor calls; null where nothing is said. */
  readonly reason: string | null;
}

/** An answer that is sent piece by piece. */
interface AuditStream {
  readonly contentType: string;
  /** Whether it has no end of its own. */
  readonly isEndless: boolean;
  readonly parts: MakeParts;
  /** Answers the headers that are known once the parts are made. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

interface DocumentedParts<Params, Query> extends Pick<Route, 'tag' | 'summary' | 'answers' | 'refusals'> {
  /** Whether the answer shows what users wrote, are called, or did: then a reason is required. */
  readonly showsContent: boolean;
  readonly params?: Params;
  readonly query?: Query;
}

interface AuditRouteParts<Params, Query> extends DocumentedParts<Params, Query> {
  /** What it needs where it shows no content. */
  readonly needs?: AuditNeed;
  readonly answer: (input: AuditInput<Params, Query>) => Promise<AuditedAnswer<RouteAnswer>>;
  readonly downloads?: string;
  /** The type of its answer where that comes piece by piece. */
  readonly streams?: string;
  /** Answers the stream that is asked for instead; undefined where none is. */
  readonly stream?: (input: AuditInput<Params, Query> & { readonly accept: string }) => AuditStream | undefined;
}

interface AuditDownloadParts<Params, Query> extends DocumentedParts<Params, Query> {
  readonly downloads: string;
  readonly stream: (input: AuditInput<Params, Query>) => AuditStream;
}

/** The parameters that page through the same results. */
const PAGING = new Set(['cursor', 'limit']);

/** Answers what a call is narrowed by, as it is recorded and approved. */
export const auditFilterOf = (...parts: readonly (object | undefined)[]): Record<string, string> =>
  Object.fromEntries(
    parts
      .flatMap((part) => Object.entries(part ?? {}) as [string, unknown][])
      .filter(([name, value]) => value !== undefined && !PAGING.has(name))
      .map(([name, value]) => [name, String(value)]),
  );

const REFUSALS = {
  nothing: ['audit_reason_personal'],
  reason: ['audit_reason_required', 'audit_reason_personal'],
  approval: ['audit_reason_required', 'audit_reason_personal', 'audit_approval_required', 'audit_request_expired'],
} as const;

type AuditHeaders = z.output<typeof auditHeaders>;

const callOf = (
  method: string,
  path: string,
  {
    params,
    query,
    headers,
    ...kind
  }: Pick<AuditCall, 'showsContent' | 'needs'> & { params: unknown; query: unknown; headers: AuditHeaders },
): AuditCall => ({
  name: `${method.toUpperCase()} ${path}`,
  filter: auditFilterOf(params as object, query as object),
  ...kind,
  reason: headers['x-audit-reason'] ?? null,
  requestId: headers['x-audit-request'] ?? null,
});

interface GateParts {
  readonly auditGate: () => UseCases['auditGate'];
}

/** Answers piece by piece. */
const streamed = async (
  { auditGate }: GateParts,
  call: AuditCall,
  context: CommandContext,
  { contentType, isEndless, parts, headers }: AuditStream,
): Promise<RouteAnswer> => {
  const content = await auditGate().streamed({ ...call, isEndless }, context, parts);
  return { download: { headers: { 'Content-Type': contentType, ...headers?.() }, content } };
};

const needOf = ({ showsContent, needs }: Pick<AuditCall, 'showsContent' | 'needs'>) =>
  showsContent ? 'approval' : (needs ?? 'nothing');

const refusalsOf = ({ refusals, ...kind }: Pick<AuditCall, 'showsContent' | 'needs'> & Pick<Route, 'refusals'>) => [
  'forbidden' as const,
  ...REFUSALS[needOf(kind)],
  ...refusals,
];

interface AuditCommandParts<Params, Body, Headers> extends Pick<Route, 'tag' | 'summary' | 'answers' | 'refusals'> {
  readonly isIdempotent?: boolean;
  readonly params?: Params;
  readonly body?: Body;
  readonly headers?: Headers;
  readonly handle: (input: {
    readonly params: Parsed<Params>;
    readonly body: Parsed<Body>;
    readonly headers: Parsed<Headers>;
    readonly context: CommandContext;
  }) => Promise<RouteAnswer>;
}

/** An endpoint by which auditors command something, which is an event of its own: the gate records what is refused. */
export const auditCommandRoute =
  ({ auditGate }: GateParts) =>
  <
    Params extends z.ZodType | undefined = undefined,
    Body extends z.ZodType | undefined = undefined,
    Headers extends typeof auditHeaders | undefined = undefined,
  >(
    method: Route['method'],
    path: string,
    { handle, refusals, ...parts }: AuditCommandParts<Params, Body, Headers>,
  ): Route =>
    route(method, path, {
      ...parts,
      refusals: ['forbidden', ...(parts.headers ? (['audit_reason_personal'] as const) : []), ...refusals],
      handle: async ({ params, body, headers, context }) => {
        const input = { params, body, headers, context } as Parameters<typeof handle>[0];
        const call = callOf(method, path, { showsContent: false, params, query: {}, headers: headers ?? {} });
        return auditGate().commanded(call, context, () => handle(input));
      },
    });

/** An endpoint for auditors: it goes through the gate, which asks for the role and the reason and records the call. */
export const auditRoute =
  (gate: GateParts) =>
  <Params extends z.ZodType | undefined = undefined, Query extends z.ZodType | undefined = undefined>(
    method: Route['method'],
    path: string,
    { answer, stream, showsContent, needs, refusals, ...documentation }: AuditRouteParts<Params, Query>,
  ): Route =>
    route(method, path, {
      ...documentation,
      headers: stream ? streamedAuditHeaders : auditHeaders,
      refusals: refusalsOf({ showsContent, needs, refusals }),
      handle: async ({ params, query, headers, context }) => {
        const call = callOf(method, path, { showsContent, needs, params, query, headers });
        const input = { params, query, context, reason: call.reason } as AuditInput<Params, Query>;
        const asked = stream?.({ ...input, accept: (headers as z.output<typeof streamedAuditHeaders>).accept ?? '' });
        return asked
          ? streamed(gate, call, context, { headers: () => ({ Vary: 'Accept' }), ...asked })
          : gate.auditGate().answered(call, context, () => answer(input));
      },
    });

/** An endpoint for auditors whose answer is a file that is sent as it is made. */
export const auditDownload =
  (gate: GateParts) =>
  <Params extends z.ZodType | undefined = undefined, Query extends z.ZodType | undefined = undefined>(
    method: Route['method'],
    path: string,
    { stream, showsContent, refusals, ...documentation }: AuditDownloadParts<Params, Query>,
  ): Route =>
    route(method, path, {
      ...documentation,
      headers: auditHeaders,
      refusals: refusalsOf({ showsContent, refusals }),
      handle: ({ params, query, headers, context }) => {
        const call = callOf(method, path, { showsContent, params, query, headers });
        return streamed(gate, call, context, stream({ params, query, context, reason: call.reason }));
      },
    });
