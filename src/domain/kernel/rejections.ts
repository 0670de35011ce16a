/** Lists every rejection: a stable code, and the sentence that a user reads. */
export const rejections = {
  invalid_request: 'The request does not have the form this call takes.',
  position_unknown: 'The log has no such position yet.',
  username_taken: 'This username is taken.',
  email_taken: 'This e-mail address is already registered.',
  user_not_found: 'There is no such user.',
  token_invalid: 'This link is not valid or has been used.',
  token_expired: 'This link has expired; ask for a new one.',
  invalid_credentials: 'The login or the password is wrong.',
  email_not_verified: 'Verify the e-mail address first: a link was mailed to it.',
  too_many_attempts: 'Too many attempts; try again later.',
  unauthenticated: 'A valid access token is needed.',
  session_ended: 'This session has ended; log in again.',
  session_not_found: 'There is no such session.',
  refresh_token_invalid: 'This refresh token is not valid.',
  refresh_token_expired: 'This refresh token has expired; log in again.',
  refresh_token_reused: 'This refresh token was already spent; its session has been ended.',
  conversation_not_found: 'There is no such conversation.',
  message_not_found: 'There is no such message.',
  forbidden: 'You do not have the right to do this.',
  audit_reason_required: 'Say in X-Audit-Reason why you look at this: it is kept.',
  audit_reason_personal:
    'Name users by their ids, and matters by their numbers: a reason is kept, also of somebody who is erased.',
  audit_approval_required: 'Another auditor has to approve this very call first; name the request in X-Audit-Request.',
  audit_call_unknown: 'No such call needs an approval, or it does not take these parameters.',
  audit_range_backwards: 'The end of the range lies before its beginning.',
  audit_request_not_found: 'There is no such request.',
  audit_request_decided: 'This request was decided before.',
  audit_request_expired: 'The time of this request is over; make another one.',
  own_audit_request: 'Another auditor than the one who asks has to approve it.',
  legal_hold: 'A legal hold stands: nothing of this is destroyed until it is lifted.',
  own_hold: 'Another auditor has to lift a hold on you.',
  retention_full: 'At most 1,000 conversations have a rule of retention of their own.',
  holds_full: 'At most 10,000 holds stand at a time.',
  recipient_unavailable: 'This user cannot be written to.',
  recipient_not_found: 'There is no such recipient.',
  cannot_message_self: 'A direct conversation needs two different users.',
  not_yourself: 'This takes somebody else, not yourself.',
  contacts_full: 'A user has at most 5,000 contacts.',
  blocks_full: 'A user blocks at most 1,000 others.',
  not_a_group: 'This can only be done in a group.',
  group_full: 'A group has at most 1,000 members.',
  not_a_member: 'This user is not a member.',
  last_owner: 'The last owner hands over to another first.',
  reactions_full: 'A message has at most 20 different reactions.',
  pins_full: 'A conversation has at most 50 pinned messages.',
  unknown_member: 'One of the members does not exist.',
  media_not_found: 'There is no such file.',
  media_link_invalid: 'This link is not valid.',
  media_link_expired: 'This link has expired; ask for the message again.',
  media_empty: 'The file is empty.',
  media_not_an_image: 'This file is not an image.',
  media_quota_exceeded: 'There is no room left for your files.',
  image_damaged: 'The image cannot be read: it is damaged, or not whole.',
  image_too_large: 'An image has at most 50 million pixels, those of all its frames together.',
  image_too_many_frames: 'An image has at most 500 frames.',
  image_too_costly: 'The image takes too long to be read.',
  image_unsupported: 'Images of this kind are not taken: send JPEG, PNG, GIF, WebP or AVIF.',
  audit_export_empty: 'The range has no event.',
  audit_export_too_large:
    'This is more than one bundle holds, 10,000 events or 512 MiB of files: narrow it, or ask for it part by part, with limit.',
  audit_export_unsealed:
    'This has events from before secrets were sealed, whose bytes serve to try passwords: ask for what stands beside them.',
  audit_exports_running: 'Two exports of yours are under way; end one of them first.',
  audit_event_not_found: 'The log has no event at this position.',
  audit_checkpoint_not_found: 'No head of this size was signed.',
  erasure_not_found: 'No such user was erased.',
  audit_tile_not_found: 'The signed tree has no such tile.',
  audit_moment_unknown: 'The log has not come to this moment yet.',
  audit_size_unknown: 'The log has not grown from the one size to the other.',
  projection_not_found: 'There is no such projection.',
  projection_not_rebuildable: 'This projection is never rebuilt: what the outside world was told would be told again.',
  maintenance_under_way: 'This projection is being maintained already.',
  maintenance_not_found: 'Nothing is being done with this projection.',
  too_much_maintenance: 'This server does as much maintenance as it can at a time; try again later.',
  idempotency_conflict: 'This key was used before with another request.',
} as const;

export type RejectionCode = keyof typeof rejections;

/** An error that the caller has made. It is expected, and shown to them. */
export class Rejection extends Error {
  override readonly name = 'Rejection';

  constructor(
    readonly code: RejectionCode,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(rejections[code]);
  }
}

/** Rejects the command for a reason of the list. */
export const reject = (code: RejectionCode, details?: Readonly<Record<string, unknown>>): never => {
  throw new Rejection(code, details);
};
