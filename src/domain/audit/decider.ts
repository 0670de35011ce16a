import type { Decider } from '../kernel/decider.js';
import type { FactOf } from '../kernel/fact.js';
import type { AuditCallId, AuditRequestId, Instant, UserId } from '../kernel/ids.js';
import { reject } from '../kernel/rejections.js';
import type { AuditEvents, AuditFilter, AuditStreamEnd, ToolCommandEnd } from './events.js';
import { STRETCH_LEAVES } from './subject-tree.js';
import type { ToolOperator } from './tool-operator.js';
import { AUDIT_TRAIL } from './trail.js';

/** An event names so many users at most: it stays below 40 KB. */
export const MAX_AUDITED_USERS = 1_000;

/** What is said of a call, whatever its answer is like. */
export interface CallFacts {
  readonly callId: AuditCallId;
  readonly auditorId: UserId | null;
  readonly call: string;
  readonly filter: AuditFilter;
  readonly reason: string | null;
  readonly requestId: AuditRequestId | null;
  readonly operator?: ToolOperator | undefined;
}

interface Concerning {
  readonly callId: AuditCallId;
  readonly auditorId: UserId | null;
  readonly userIds: readonly UserId[];
  readonly at: Instant;
}

export type AuditCallCommands = {
  RecordAnswer: CallFacts & Concerning & { results: number; refusal: string | null };
  StartStream: CallFacts & Concerning;
  /** It comes before these users are shown for the first time. */
  NameUsers: Concerning;
  EndStream: { callId: AuditCallId; auditorId: UserId | null; results: number; end: AuditStreamEnd; at: Instant };
  StartToolCommand: CallFacts & Concerning & { operator: ToolOperator };
  EndToolCommand: { callId: AuditCallId; end: ToolCommandEnd; at: Instant };
};

type AuditCallEvents = Pick<
  AuditEvents,
  | 'AuditAnswered'
  | 'AuditStreamStarted'
  | 'AuditStreamEnded'
  | 'ToolCommandStarted'
  | 'ToolCommandEnded'
  | 'UsersAudited'
>;

type AuditCallState = { readonly status: 'absent' | 'open' | 'closed' };

const named = ({ callId, auditorId, userIds, at }: Concerning): FactOf<AuditCallEvents>[] =>
  Array.from({ length: Math.ceil(userIds.length / MAX_AUDITED_USERS) }, (_, index) => ({
    type: 'UsersAudited',
    data: {
      callId,
      auditorId,
      userIds: userIds.slice(index * MAX_AUDITED_USERS, (index + 1) * MAX_AUDITED_USERS),
      auditedAt: at,
    },
  }));

const factsOf = ({ callId, auditorId, call, filter, reason, requestId, operator }: CallFacts) => ({
  callId,
  auditorId,
  call,
  filter,
  reason,
  requestId,
  ...(operator && { operator }),
  trail: AUDIT_TRAIL,
});

/** One call of an auditor, in a stream of its own: no two calls get in each other's way. */
export const auditCall: Decider<AuditCallCommands, AuditCallEvents, AuditCallState> = {
  category: 'audit',
  initial: { status: 'absent' },
  decide: {
    RecordAnswer: ({ results, refusal, ...call }, { status }) =>
      status === 'absent'
        ? [{ type: 'AuditAnswered', data: { ...factsOf(call), results, refusal, answeredAt: call.at } }, ...named(call)]
        : [],
    StartStream: (call, { status }) =>
      status === 'absent'
        ? [{ type: 'AuditStreamStarted', data: { ...factsOf(call), startedAt: call.at } }, ...named(call)]
        : [],
    NameUsers: (concerning, { status }) => (status === 'closed' ? [] : named(concerning)),
    EndStream: ({ at, ...ended }, { status }) =>
      status === 'closed' ? [] : [{ type: 'AuditStreamEnded', data: { ...ended, endedAt: at } }],
    StartToolCommand: (call, { status }) =>
      status === 'absent'
        ? [
            { type: 'ToolCommandStarted', data: { ...factsOf(call), operator: call.operator, startedAt: call.at } },
            ...named(call),
          ]
        : [],
    EndToolCommand: ({ at, ...ended }, { status }) =>
      status === 'closed' ? [] : [{ type: 'ToolCommandEnded', data: { ...ended, endedAt: at } }],
  },
  evolve: {
    AuditAnswered: () => ({ status: 'closed' }),
    AuditStreamStarted: () => ({ status: 'open' }),
    UsersAudited: (state) => state,
    AuditStreamEnded: () => ({ status: 'closed' }),
    ToolCommandStarted: () => ({ status: 'open' }),
    ToolCommandEnded: () => ({ status: 'closed' }),
  },
};

export type AuditRefusalCommands = { RecordRefusal: { userId: UserId; call: string; at: Instant } };

/** The first call of a user without the role in one hour. */
export const auditRefusal: Decider<
  AuditRefusalCommands,
  Pick<AuditEvents, 'AuditAccessRefused'>,
  { readonly isRecorded: boolean }
> = {
  category: 'auditrefusal',
  initial: { isRecorded: false },
  decide: {
    RecordRefusal: ({ userId, call, at }, { isRecorded }) =>
      isRecorded ? [] : [{ type: 'AuditAccessRefused', data: { userId, call, refusedAt: at } }],
  },
  evolve: { AuditAccessRefused: () => ({ isRecorded: true }) },
};

export type AuditRequestCommands = {
  RequestAudit: {
    requestId: AuditRequestId;
    auditorId: UserId;
    call: string;
    filter: AuditFilter;
    reason: string;
    expiresAt: Instant;
    at: Instant;
  };
  ApproveAuditRequest: { requestId: AuditRequestId; by: UserId; expiresAt: Instant; at: Instant };
  RefuseAuditRequest: { requestId: AuditRequestId; by: UserId; at: Instant };
  /** It comes where the request is met after its time. */
  ExpireAuditRequest: { requestId: AuditRequestId; at: Instant };
};

/** A request that was made. */
export interface MadeAuditRequest {
  readonly status: 'open' | 'approved' | 'refused' | 'expired';
  readonly auditorId: UserId;
  readonly call: string;
  readonly filter: AuditFilter;
  readonly reason: string;
  readonly requestedAt: Instant;
  /** Who has approved or refused it. */
  readonly decidedBy: UserId | null;
  /** Until when it can be decided, or, once it is approved, until when the call can be made. */
  readonly expiresAt: Instant;
}

export type AuditRequestState = { readonly status: 'absent' } | MadeAuditRequest;

const requireMade = (state: AuditRequestState): MadeAuditRequest =>
  state.status === 'absent' ? reject('audit_request_not_found') : state;

/** Says whether its time is over, though nobody has recorded that yet. */
export const isOverdue = ({ status, expiresAt }: MadeAuditRequest, at: Instant): boolean =>
  (status === 'open' || status === 'approved') && at >= expiresAt;

const decided = (request: MadeAuditRequest, status: 'approved' | 'refused', by: UserId): MadeAuditRequest => ({
  ...request,
  status,
  decidedBy: by,
});

const whenMade = (state: AuditRequestState, change: (request: MadeAuditRequest) => MadeAuditRequest) =>
  state.status === 'absent' ? state : change(state);

/** Says whether a decision was taken by this auditor before: the same again changes nothing. Refuses another one. */
const isRepeated = (request: MadeAuditRequest, status: 'approved' | 'refused', by: UserId): boolean => {
  if (request.status === status && request.decidedBy === by) return true;
  if (request.status === 'expired') reject('audit_request_expired');
  if (request.status !== 'open') reject('audit_request_decided');
  return false;
};

const expired = (requestId: AuditRequestId, { auditorId }: MadeAuditRequest, at: Instant) =>
  ({ type: 'AuditRequestExpired', data: { requestId, auditorId, expiredAt: at } }) as const;

/** A call that two auditors have to want: one asks, another one approves or refuses it, in time. */
export const auditRequest: Decider<
  AuditRequestCommands,
  Pick<AuditEvents, 'AuditRequested' | 'AuditRequestApproved' | 'AuditRequestRefused' | 'AuditRequestExpired'>,
  AuditRequestState
> = {
  category: 'auditrequest',
  initial: { status: 'absent' },
  decide: {
    RequestAudit: ({ at, ...request }, { status }) =>
      status === 'absent'
        ? [{ type: 'AuditRequested', data: { ...request, trail: AUDIT_TRAIL, requestedAt: at } }]
        : [],
    ApproveAuditRequest: ({ requestId, by, expiresAt, at }, state) => {
      const request = requireMade(state);
      if (request.auditorId === by) reject('own_audit_request');
      if (isRepeated(request, 'approved', by)) return [];
      // That it came too late is a fact: who asked sees why nothing came of it.
      if (isOverdue(request, at)) return [expired(requestId, request, at)];
      const { auditorId } = request;
      return [
        { type: 'AuditRequestApproved', data: { requestId, auditorId, approvedBy: by, approvedAt: at, expiresAt } },
      ];
    },
    RefuseAuditRequest: ({ requestId, by, at }, state) => {
      const request = requireMade(state);
      if (isRepeated(request, 'refused', by)) return [];
      if (isOverdue(request, at)) return [expired(requestId, request, at)];
      const { auditorId } = request;
      return [{ type: 'AuditRequestRefused', data: { requestId, auditorId, refusedBy: by, refusedAt: at } }];
    },
    ExpireAuditRequest: ({ requestId, at }, state) => {
      const request = requireMade(state);
      return isOverdue(request, at) ? [expired(requestId, request, at)] : [];
    },
  },
  evolve: {
    AuditRequested: (_, { auditorId, call, filter, reason, requestedAt, expiresAt }) => ({
      status: 'open',
      auditorId,
      call,
      filter,
      reason,
      requestedAt,
      decidedBy: null,
      expiresAt,
    }),
    AuditRequestApproved: (state, { approvedBy, expiresAt }) =>
      whenMade(state, (request) => ({ ...decided(request, 'approved', approvedBy), expiresAt })),
    AuditRequestRefused: (state, { refusedBy }) => whenMade(state, (request) => decided(request, 'refused', refusedBy)),
    AuditRequestExpired: (state) => whenMade(state, (request) => ({ ...request, status: 'expired' })),
  },
};

type SubjectIndexCommands = {
  IndexSubjects: { begin: number; end: number; root: string; subjects: number; at: Instant };
};

/** How far the log is indexed. */
interface SubjectIndexState {
  /** The first leaf of the stretch that is not full yet. */
  readonly begin: number;
  /** The leaf behind the last one that is indexed. */
  readonly end: number;
}

/** The indexes of whom and what the events of the log concern, one behind the other. There is one stream of them. */
export const subjectIndex: Decider<SubjectIndexCommands, Pick<AuditEvents, 'SubjectsIndexed'>, SubjectIndexState> = {
  category: 'auditindex',
  initial: { begin: 0, end: 0 },
  decide: {
    // Another node may have come further meanwhile.
    IndexSubjects: ({ at, ...index }, { begin, end }) =>
      index.begin === begin && index.end > end && index.end <= begin + STRETCH_LEAVES
        ? [{ type: 'SubjectsIndexed', data: { ...index, indexedAt: at } }]
        : [],
  },
  evolve: { SubjectsIndexed: (_, { begin, end }) => ({ begin: end - begin === STRETCH_LEAVES ? end : begin, end }) },
};
