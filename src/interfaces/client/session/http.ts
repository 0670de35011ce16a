import { ChatError } from '../errors.js';
import type { Platform } from '../platform.js';

const TIMEOUT_MS = 20_000;
/** A file takes its time: 25 MiB on a slow line. */
const UPLOAD_TIMEOUT_MS = 600_000;
const MAX_TRIES = 4;
const RETRY_MS = 400;
const LONGEST_WAIT_MS = 10_000;

export interface HttpRequest {
  readonly json?: unknown;
  /** Sent as it is, in place of `json`: a form with a file. */
  readonly body?: Exclude<RequestInit['body'], null | undefined>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly token?: string;
  /** The query waits until it can show this position. */
  readonly minPosition?: string | undefined;
  /** Sends and takes cookies. */
  readonly cookies?: boolean;
  /** Says that the request may be sent again: it changes nothing, or is recognised by its key. */
  readonly idempotencyKey?: string;
}

interface Problem {
  readonly code?: ChatError['code'];
  readonly detail?: string;
  readonly errors?: ChatError['errors'];
}

const headersOf = ({ json, token, minPosition, idempotencyKey }: HttpRequest): Record<string, string> => ({
  ...(json !== undefined && { 'Content-Type': 'application/json' }),
  ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  ...(minPosition !== undefined && { 'X-Min-Position': minPosition }),
  ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
});

const queryOf = (query: HttpRequest['query'] = {}): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
};

const refusalOf = async (response: Response): Promise<ChatError> => {
  const problem = (await response.json().catch(() => ({}))) as Problem; // a proxy may answer a page
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfterMs = Number.isNaN(seconds) ? undefined : seconds * 1_000;
  const { code = 'unreachable', detail = `answered ${response.status}`, errors } = problem;
  return new ChatError(code, detail, { status: response.status, retryAfterMs, errors });
};

const initOf = (request: HttpRequest): RequestInit => {
  const { json, body = json === undefined ? undefined : JSON.stringify(json), cookies = false } = request;
  return {
    headers: headersOf(request),
    signal: AbortSignal.timeout(request.body === undefined ? TIMEOUT_MS : UPLOAD_TIMEOUT_MS),
    ...(body !== undefined && { body }),
    ...(cookies && { credentials: 'include' }),
  };
};

const mayRepeat = (method: string, { idempotencyKey }: HttpRequest): boolean =>
  method === 'GET' || idempotencyKey !== undefined;

const isTransient = (error: unknown): error is ChatError => error instanceof ChatError && error.isTransient;

/** Calls the server over HTTP. */
export class Http {
  readonly #platform: Pick<Platform, 'fetch' | 'after' | 'random'>;
  readonly #url: () => string;

  constructor(platform: Pick<Platform, 'fetch' | 'after' | 'random'>, url: () => string) {
    this.#platform = platform;
    this.#url = url;
  }

  /** Calls once. Anything but an answer of success is a `ChatError`. */
  async once<Answer>(method: string, path: string, request: HttpRequest = {}): Promise<Answer> {
    const { fetch } = this.#platform;
    try {
      const response = await fetch(`${this.#url()}${path}${queryOf(request.query)}`, { method, ...initOf(request) });
      if (!response.ok) throw await refusalOf(response);
      const text = await response.text();
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    } catch (cause) {
      if (cause instanceof ChatError) throw cause;
      throw new ChatError('unreachable', 'the server cannot be reached', { cause });
    }
  }

  /** Calls; what may be sent again is tried a few times while the server cannot be reached, or asks for patience. */
  async call<Answer>(method: string, path: string, request: HttpRequest = {}): Promise<Answer> {
    const maxTries = mayRepeat(method, request) ? MAX_TRIES : 1;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.once<Answer>(method, path, request);
      } catch (error) {
        if (tries === maxTries || !isTransient(error)) throw error;
        await this.#pause(error.retryAfterMs ?? RETRY_MS * 2 ** tries);
      }
    }
  }

  #pause(milliseconds: number): Promise<void> {
    const jittered = Math.min(milliseconds, LONGEST_WAIT_MS) * (1 + this.#platform.random() / 4);
    return new Promise((resolve) => void this.#platform.after(jittered, resolve));
  }
}
