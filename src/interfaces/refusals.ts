import { rejections, type RejectionCode } from '../domain/kernel/rejections.js';

/** The refusals of HTTP and WebSocket themselves, beside the rejections of the application. */
export const doorProblems = {
  not_found: 'There is nothing at this address.',
  method_not_allowed: 'This address does not take this method.',
  origin_not_allowed: 'Pages of this origin may not use the cookie.',
  payload_too_large: 'The body is larger than this call takes.',
  unsupported_media_type: 'The body must be JSON in UTF-8, or a form where the call takes a file.',
  range_not_satisfiable: 'The file has no such range of bytes.',
  projection_lagging: 'The read model has not come as far as asked; try again shortly.',
  proof_pending: 'The event is under no signed head yet; try again shortly.',
  erasure_pending: 'The keys of the user are not destroyed yet; try again shortly.',
  rebuilding: 'The read model is being made anew for this version; try again later.',
  overloaded: 'There is too much to do at the moment; try again shortly.',
  unavailable: 'A part of the service cannot be reached; try again shortly.',
  storage_full: 'There is no room left for files here; it has been noted.',
  request_timeout: 'The request took too long to arrive.',
  too_many_requests: 'Too many requests; slow down.',
  other_session: 'This socket belongs to another session: open one of its own.',
  rate_limited: 'Too many frames; send this one again after retryAfterMs.',
  internal_error: 'Something went wrong here; it has been noted.',
} as const;

export type ProblemCode = RejectionCode | keyof typeof doorProblems;

/** The sentence of a code. */
export const detailOf = (code: ProblemCode): string => ({ ...rejections, ...doorProblems })[code];

/** A field of a body that does not fit its schema. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}
