import type { AuditCallId, AuditRequestId, Instant, UserId } from '../kernel/ids.js';
import type { ToolOperator } from './tool-operator.js';

/** The parameters that a call was narrowed by, by their names: ids, times and words of the API, never a text of a user. */
export type AuditFilter = Record<string, string>;

/** What is kept of every audit call. */
interface AuditCall {
  callId: AuditCallId;
  /** It is null where the call comes from the command-line tool. */
  auditorId: UserId | null;
  /** The method and the path as it is declared, or the command of the tool. */
  call: string;
  filter: AuditFilter;
  /** It is null where a call that shows no content was made without one. */
  reason: string | null;
  /** The request that another auditor has approved; null where none was needed. */
  requestId: AuditRequestId | null;
  /** Who used the command-line tool; left out where an auditor called. */
  operator?: ToolOperator;
  /** Whose key seals the reason and the operator: see trail.ts. */
  trail: UserId;
}

/** The reason why an answer that is sent piece by piece has ended. */
export type AuditStreamEnd = 'complete' | 'client_left' | 'right_lost' | 'server_stopped' | 'failed';

/** How a command that changes something has ended. */
export type ToolCommandEnd = Extract<AuditStreamEnd, 'complete' | 'failed'>;

/** Stored for ever: names and payloads are the storage format. Add optional fields, or make a new version in history.ts. */
export type AuditEvents = {
  /** A call was answered, or refused to somebody who has the role. */
  AuditAnswered: AuditCall & {
    results: number;
    /** The code of the refusal; null where the call was answered. */
    refusal: string | null;
    answeredAt: Instant;
  };
  /** An answer of unknown length begins. */
  AuditStreamStarted: AuditCall & { startedAt: Instant };
  AuditStreamEnded: {
    callId: AuditCallId;
    auditorId: UserId | null;
    results: number;
    end: AuditStreamEnd;
    endedAt: Instant;
  };
  /** The command-line tool is about to change something. What comes of it are events of their own, with the same correlation id. */
  ToolCommandStarted: AuditCall & { operator: ToolOperator; startedAt: Instant };
  ToolCommandEnded: { callId: AuditCallId; end: ToolCommandEnd; endedAt: Instant };
  /** These users were looked for by the call, or something of theirs was shown. A call has several of these, where they are many. */
  UsersAudited: { callId: AuditCallId; auditorId: UserId | null; userIds: UserId[]; auditedAt: Instant };
  /** Somebody without the role has tried. Of each user, one is recorded in an hour. */
  AuditAccessRefused: { userId: UserId; call: string; refusedAt: Instant };
  /** An auditor asks another one to approve a call. */
  AuditRequested: {
    requestId: AuditRequestId;
    auditorId: UserId;
    call: string;
    filter: AuditFilter;
    reason: string;
    trail: UserId;
    requestedAt: Instant;
    /** Until then it can be decided. */
    expiresAt: Instant;
  };
  AuditRequestApproved: {
    requestId: AuditRequestId;
    auditorId: UserId;
    approvedBy: UserId;
    approvedAt: Instant;
    /** Until then the call can be made. */
    expiresAt: Instant;
  };
  /** Another auditor has refused it, or the one who asked has taken it back. */
  AuditRequestRefused: { requestId: AuditRequestId; auditorId: UserId; refusedBy: UserId; refusedAt: Instant };
  /** Whom and what the events of some leaves concern, as the root of a tree: see subject-tree.ts. A later one of more leaves replaces it. */
  SubjectsIndexed: {
    /** The first leaf, and the one behind the last. */
    begin: number;
    end: number;
    /** In base64. */
    root: string;
    /** How many conversations and users there are in it. */
    subjects: number;
    indexedAt: Instant;
  };
  /** It was met after its time was over. */
  AuditRequestExpired: { requestId: AuditRequestId; auditorId: UserId; expiredAt: Instant };
};
