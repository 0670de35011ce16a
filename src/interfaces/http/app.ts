import cors from '@koa/cors';
import Koa, { type Middleware } from 'koa';
import type { ReadYourWrites } from '../../application/kernel/read-your-writes.js';
import type { UseCases } from '../../application/use-cases.js';
import type { Clock } from '../../application/ports/clock.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { KeyedHashes } from '../../application/ports/keyed-hashes.js';
import type { Tracing } from '../../application/ports/tracing.js';
import type { Operations } from '../../application/ports/operations.js';
import { allowedOrigins, type AllowedOrigins } from './allowed-origins.js';
import { webPages, type Mailbox } from '../web/pages.js';
import type { RequestState } from './http-context.js';
import type { ErrorLog } from '../error-log.js';
import { errors } from './middleware/errors.js';
import { limitRequests, type RequestLimit } from './middleware/limit-requests.js';
import { request, type OnRequest } from './middleware/request.js';
import { securityHeaders } from './middleware/security-headers.js';
import { refuseOnFixedPaths, refuseTheRest } from './middleware/wrong-method.js';
import { knownToSession, type KnownToSession, type KnownToSessionParts } from './known-to-session.js';
import { mount, type MountParts } from './mount.js';
import { openApiDocument } from './openapi.js';
import { opsRoutes } from './ops.js';
import type { Route } from './route.js';
import { auditRoutes } from './routes/audit.routes.js';
import { tileAddresses } from './tile-addresses.js';
import { conversationRoutes } from './routes/conversations.routes.js';
import { erasureRoutes } from './routes/erasures.routes.js';
import { holdRoutes } from './routes/holds.routes.js';
import { mediaRoutes } from './routes/media.routes.js';
import { messageRoutes } from './routes/messages.routes.js';
import { contactRoutes } from './routes/contacts.routes.js';
import { profileRoutes } from './routes/profiles.routes.js';
import { pastRoutes } from './routes/past.routes.js';
import { pinRoutes } from './routes/pins.routes.js';
import { preferencesRoutes } from './routes/preferences.routes.js';
import { auditExportRoutes } from './routes/audit-exports.routes.js';
import { maintenanceRoutes } from './routes/maintenance.routes.js';
import { proofRoutes } from './routes/proofs.routes.js';
import { reactionRoutes } from './routes/reactions.routes.js';
import { retentionRoutes } from './routes/retention.routes.js';
import { roleRoutes } from './routes/roles.routes.js';
import { searchRoutes } from './routes/search.routes.js';
import { sessionRoutes } from './routes/sessions.routes.js';
import { userRoutes } from './routes/users.routes.js';

export interface HttpParts extends KnownToSessionParts {
  readonly useCases: UseCases;
  readonly logEnd: MountParts['logEnd'];
  readonly readYourWrites: ReadYourWrites;
  readonly identifiers: Identifiers;
  readonly links: MountParts['links'];
  readonly hashes: KeyedHashes;
  readonly clock: Clock;
  readonly log: ErrorLog;
  readonly tracing: Tracing;
  readonly operations: Operations;
  readonly onRequest: OnRequest;
  readonly takeRequest: RequestLimit;
  readonly answerWithinMs: number;
  readonly maxUploadBytes: number;
  readonly trustedProxies: number;
  readonly corsOrigins: readonly string[];
  readonly publicUrl: string;
  readonly version: string;
  /** The mails that were kept; undefined when they are sent. */
  readonly mailbox: Mailbox | undefined;
  /** Describes the frames of the WebSocket, as AsyncAPI. */
  readonly asyncApi: () => object;
}

/** Every endpoint of the API. */
export const apiRoutes = (useCases: UseCases, readYourWrites: ReadYourWrites, knownTo: KnownToSession): Route[] => {
  const routes: Route[] = [
    ...userRoutes(useCases),
    ...profileRoutes(useCases, readYourWrites),
    ...contactRoutes(useCases),
    ...roleRoutes(useCases),
    ...sessionRoutes(useCases),
    ...conversationRoutes(useCases, readYourWrites, knownTo),
    // Before the messages by their ids, of which "search" is none.
    ...searchRoutes(useCases),
    ...messageRoutes(useCases),
    ...reactionRoutes(useCases),
    ...pinRoutes(useCases),
    ...preferencesRoutes(useCases),
    ...mediaRoutes(useCases),
    ...auditRoutes(useCases, () => routes),
    ...pastRoutes(useCases),
    ...proofRoutes(useCases),
    ...auditExportRoutes(useCases),
    ...holdRoutes(useCases),
    ...erasureRoutes(useCases),
    ...maintenanceRoutes(useCases),
    ...retentionRoutes(useCases),
  ];
  return routes;
};

/** Lets the pages of other origins read answers; those that are named may send the cookie, too. */
const shareWith = ({ readableBy, sharesCookieWith }: AllowedOrigins): Middleware =>
  cors({
    origin: (ctx) => readableBy(ctx.get('Origin')),
    credentials: (ctx) => sharesCookieWith(ctx.get('Origin')),
    exposeHeaders: ['X-Position', 'X-Request-Id', 'Retry-After', 'Link', 'X-Events'],
  });

/** Makes the HTTP interface as one Koa application. */
export const createHttpApp = (parts: HttpParts): Koa<RequestState> => {
  const knownTo = knownToSession(parts);
  const routes = apiRoutes(parts.useCases, parts.readYourWrites, knownTo);
  const openApi = () => openApiDocument(routes, { version: parts.version, url: parts.publicUrl });
  const origins = allowedOrigins(parts.publicUrl, parts.corsOrigins);
  const cookieRules = { origins, isSecure: new URL(parts.publicUrl).protocol === 'https:' };
  const router = mount(routes, { ...parts, knownToSession: knownTo, cookieRules });
  const app = new Koa<RequestState>();
  // The middleware below logs errors before an answer has begun; this logs those that cut an answer short.
  app.on('error', (error: Error, ctx?: Koa.Context) => {
    if (ctx?.req.socket.destroyed !== false) return;
    const { requestId } = ctx.state as RequestState;
    parts.log.error({ err: error, requestId }, 'answer cut short');
  });
  app.use(request(parts));
  app.use(errors(parts.log));
  app.use(securityHeaders(parts.publicUrl));
  app.use(shareWith(origins));
  app.use(opsRoutes(parts.operations));
  app.use(webPages({ openApi, asyncApi: parts.asyncApi, mailbox: parts.mailbox }));
  app.use(limitRequests(parts.takeRequest));
  app.use(tileAddresses);
  app.use(refuseOnFixedPaths(routes));
  app.use(router.routes() as Middleware);
  app.use(refuseTheRest(router));
  return app;
};
