import { detailOf, type FieldError, type ProblemCode } from '../refusals.js';

/** The status of every refusal. No other place knows statuses. */
export const statuses: Readonly<Record<ProblemCode, number>> = {
  invalid_request: 400,
  position_unknown: 400,
  username_taken: 409,
  email_taken: 409,
  user_not_found: 404,
  token_invalid: 400,
  token_expired: 400,
  invalid_credentials: 401,
  email_not_verified: 403,
  too_many_attempts: 429,
  unauthenticated: 401,
  session_ended: 401,
  session_not_found: 404,
  refresh_token_invalid: 401,
  refresh_token_expired: 401,
  refresh_token_reused: 401,
  conversation_not_found: 404,
  message_not_found: 404,
  forbidden: 403,
  audit_reason_required: 400,
  audit_reason_personal: 400,
  audit_approval_required: 403,
  audit_call_unknown: 400,
  audit_range_backwards: 400,
  audit_request_not_found: 404,
  audit_request_decided: 409,
  audit_request_expired: 409,
  own_audit_request: 403,
  legal_hold: 409,
  own_hold: 403,
  retention_full: 409,
  holds_full: 409,
  recipient_unavailable: 403,
  recipient_not_found: 404,
  cannot_message_self: 400,
  not_yourself: 400,
  contacts_full: 409,
  blocks_full: 409,
  not_a_group: 409,
  group_full: 409,
  not_a_member: 404,
  last_owner: 409,
  reactions_full: 409,
  pins_full: 409,
  unknown_member: 404,
  media_not_found: 404,
  media_link_invalid: 401,
  media_link_expired: 401,
  media_empty: 400,
  media_not_an_image: 400,
  media_quota_exceeded: 409,
  image_damaged: 400,
  image_too_large: 400,
  image_too_many_frames: 400,
  image_too_costly: 400,
  image_unsupported: 415,
  audit_export_empty: 404,
  audit_export_too_large: 413,
  audit_export_unsealed: 409,
  audit_exports_running: 409,
  audit_event_not_found: 404,
  audit_checkpoint_not_found: 404,
  erasure_not_found: 404,
  audit_tile_not_found: 404,
  audit_moment_unknown: 400,
  audit_size_unknown: 400,
  projection_not_found: 404,
  projection_not_rebuildable: 409,
  maintenance_under_way: 409,
  maintenance_not_found: 404,
  too_much_maintenance: 429,
  idempotency_conflict: 409,
  not_found: 404,
  method_not_allowed: 405,
  origin_not_allowed: 403,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  projection_lagging: 503,
  proof_pending: 503,
  erasure_pending: 503,
  rebuilding: 503,
  overloaded: 503,
  unavailable: 503,
  storage_full: 507,
  request_timeout: 408,
  too_many_requests: 429,
  other_session: 403,
  rate_limited: 429,
  internal_error: 500,
};

/** A problem document, as in RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

const titleOf = (code: ProblemCode): string => {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const problemOf = (code: ProblemCode, requestId: string, errors?: readonly FieldError[]): Problem => ({
  type: `/docs/errors#${code}`,
  title: titleOf(code),
  status: statuses[code],
  detail: detailOf(code),
  code,
  requestId,
  ...(errors && { errors }),
});
