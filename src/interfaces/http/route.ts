import type { z } from 'zod';
import type { UploadedFile } from '../../application/media/upload-media.js';
import type { CommandContext } from '../../application/kernel/command-context.js';
import type { MediaPart } from '../../application/ports/media-links.js';
import type { QueriedProjection } from '../../application/projections/registry.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import type { ProblemCode } from '../refusals.js';
import type { RefreshCookie } from './refresh-cookie.js';

/** The input of a handler: the parsed request, and the caller. */
interface RouteInput<Params, Query, Body, Headers, Actor extends UserId | null> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: Headers;
  /** The file of the form, where the endpoint takes one. */
  readonly file: UploadedFile;
  readonly context: CommandContext<Actor>;
  readonly cookie: RefreshCookie;
}

/** The answer of a handler. */
export interface RouteAnswer {
  /** The status: 200, or 204 without a body, where none is given. */
  readonly status?: number;
  readonly body?: object;
  /** The position that `X-Position` tells. */
  readonly position?: Position;
  /** A file that is sent as it is made, instead of a body. */
  readonly download?: {
    readonly headers: Readonly<Record<string, string>>;
    /** It is null where the headers alone are the answer. */
    readonly content: AsyncIterable<Uint8Array> | null;
  };
}

interface RouteDocumentation {
  readonly summary: string;
  readonly tag: string;
  /** The statuses of success, each with its body, or null for none. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  readonly refusals: readonly ProblemCode[];
  /** The type of the file, where the answer is one. */
  readonly downloads?: string;
  /** A type that its answer may have instead, where it is asked for. */
  readonly streams?: string;
}

/** One endpoint: what it takes, and what it answers. Validation and OpenAPI come from the same schemas. */
export interface Route extends RouteDocumentation {
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  readonly path: string;
  /** Whether it can be called without an access token. */
  readonly isPublic: boolean;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly headers?: z.ZodType;
  /** Whether it takes a form with one file instead of a body. */
  readonly takesFile?: boolean;
  /** Whether it takes a refresh token from a cookie. A call of a user may then come without an access token. */
  readonly takesRefreshCookie?: boolean;
  /** Whether its answer gives a browser a refresh token in a cookie, or takes it away. */
  readonly setsRefreshCookie?: boolean;
  /** The part of a file that a signed link leads to, where the query may have one instead of an access token. */
  readonly linksTo?: MediaPart;
  /** The read models that it asks. It waits until they show what the caller's session wrote, and the position in the header. */
  readonly projections?: readonly QueriedProjection[];
  /** The position that its query names, which its read models must have reached like the one in the header. */
  readonly reaching?: (query: never) => Position;
  /** Whether it takes an `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  /** The number of requests that it counts for beside itself, by how much it asks for. */
  readonly surcharge?: (body: never) => number;
  readonly handle: (input: RouteInput<never, never, never, never, never>) => Promise<RouteAnswer>;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface RouteParts<Params, Query, Body, Headers, Actor extends UserId | null> extends RouteDocumentation {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly headers?: Headers;
  readonly takesFile?: boolean;
  readonly linksTo?: MediaPart;
  readonly takesRefreshCookie?: boolean;
  readonly setsRefreshCookie?: boolean;
  readonly projections?: readonly QueriedProjection[];
  readonly reaching?: (query: Parsed<Query>) => Position;
  readonly isIdempotent?: boolean;
  readonly surcharge?: (body: Parsed<Body>) => number;
  readonly handle: (
    input: RouteInput<Parsed<Params>, Parsed<Query>, Parsed<Body>, Parsed<Headers>, Actor>,
  ) => Promise<RouteAnswer>;
}

type Definition<Actor extends UserId | null> = <
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Headers extends z.ZodType | undefined = undefined,
>(
  method: Route['method'],
  path: string,
  parts: RouteParts<Params, Query, Body, Headers, Actor>,
) => Route;

const define =
  (isPublic: boolean) =>
  (method: Route['method'], path: string, parts: object): Route =>
    ({ isIdempotent: false, ...parts, method, path, isPublic }) as unknown as Route;

/** An endpoint for users who are logged in. */
export const route = define(false) as unknown as Definition<UserId>;

/** An endpoint for users who are logged in, or whose browser has the cookie of a session. */
export const cookieRoute = ((method: Route['method'], path: string, parts: object) =>
  define(false)(method, path, { ...parts, takesRefreshCookie: true })) as unknown as Definition<UserId | null>;

/** An endpoint for everybody. */
export const publicRoute = define(true) as unknown as Definition<null>;
