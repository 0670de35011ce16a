import { auditCall, auditRefusal, auditRequest, MAX_AUDITED_USERS } from '../../../src/domain/audit/decider.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import {
  ada,
  at,
  auditCallNumber,
  auditRequestNumber,
  bob,
  cleo,
  conversationNumber,
  userNumber,
} from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const callId = auditCallNumber(1);
const call = {
  callId,
  auditorId: bob,
  call: 'GET /audit/v1/events',
  filter: { conversationId: conversationNumber(1) },
  reason: 'Complaint 2026-17',
  requestId: auditRequestNumber(1),
};

describe('RecordAnswer', () => {
  const { given } = specOf(auditCall);
  const record = (userIds: readonly UserId[], refusal: string | null = null) =>
    ({ type: 'RecordAnswer', data: { ...call, results: 12, refusal, userIds, at: at(700) } }) as const;
  const named = (userIds: UserId[]) => fact('UsersAudited', { userIds, auditedAt: at(700) });

  it('records the call, and whom it concerns', () =>
    given()
      .when(record([ada]))
      .thenEvents(fact('AuditAnswered'), named([ada])));
  it('names nobody where it concerns nobody', () => given().when(record([])).thenEvents(fact('AuditAnswered')));
  it('records a refusal', () =>
    given()
      .when(record([], 'message_not_found'))
      .thenEvents(fact('AuditAnswered', { refusal: 'message_not_found' })));
  it('names many users in several events', () => {
    const many = Array.from({ length: MAX_AUDITED_USERS + 1 }, (_, n) => userNumber(n));
    given()
      .when(record(many))
      .thenEvents(fact('AuditAnswered'), named(many.slice(0, MAX_AUDITED_USERS)), named(many.slice(MAX_AUDITED_USERS)));
  });
});

describe('StartStream', () => {
  const { given } = specOf(auditCall);

  it('records the call, and whom it looks for', () =>
    given()
      .when({ type: 'StartStream', data: { ...call, userIds: [ada], at: at(710) } })
      .thenEvents(fact('AuditStreamStarted'), fact('UsersAudited', { auditedAt: at(710) })));
});

describe('StartToolCommand', () => {
  const { given } = specOf(auditCall);

  it('records the command, who gives it, and whom it looks for', () => {
    const { startedAt: _, trail: __, ...command } = fact('ToolCommandStarted').data;
    given()
      .when({ type: 'StartToolCommand', data: { ...command, userIds: [ada], at: at(730) } })
      .thenEvents(fact('ToolCommandStarted'), fact('UsersAudited', { auditorId: null, auditedAt: at(730) }));
  });
});

describe('EndToolCommand', () => {
  const { given } = specOf(auditCall);
  const end = { type: 'EndToolCommand', data: { callId, end: 'complete', at: at(740) } } as const;

  it('records how it has ended', () =>
    given(fact('ToolCommandStarted')).when(end).thenEvents(fact('ToolCommandEnded')));
});

describe('NameUsers', () => {
  const { given } = specOf(auditCall);
  const name = { type: 'NameUsers', data: { callId, auditorId: bob, userIds: [ada], at: at(715) } } as const;

  it('records who is shown, each time', () =>
    given(fact('AuditStreamStarted')).when(name).repeated('decides again').thenEvents(fact('UsersAudited')));
  it('records nobody once the stream has ended', () =>
    given(fact('AuditStreamStarted'), fact('AuditStreamEnded')).when(name).thenNothing());
});

describe('EndStream', () => {
  const { given } = specOf(auditCall);
  const end = {
    type: 'EndStream',
    data: { callId, auditorId: bob, results: 1_200, end: 'client_left', at: at(720) },
  } as const;

  it('records how it has ended, and after how much', () =>
    given(fact('AuditStreamStarted')).when(end).thenEvents(fact('AuditStreamEnded')));
});

describe('RecordRefusal', () => {
  const { given } = specOf(auditRefusal);

  it('records the first one', () =>
    given()
      .when({ type: 'RecordRefusal', data: { userId: ada, call: 'GET /audit/v1/events', at: at(690) } })
      .thenEvents(fact('AuditAccessRefused')));
});

const requestId = auditRequestNumber(1);
const asked = fact('AuditRequested');

describe('RequestAudit', () => {
  const { given } = specOf(auditRequest);

  it('asks for the approval of a call', () => {
    const { requestedAt, trail: _, ...request } = asked.data;
    given()
      .when({ type: 'RequestAudit', data: { ...request, at: requestedAt } })
      .thenEvents(asked);
  });
});

describe('ApproveAuditRequest', () => {
  const { given } = specOf(auditRequest);
  const approve = (by = cleo, when = at(650)) =>
    ({ type: 'ApproveAuditRequest', data: { requestId, by, expiresAt: at(4_250), at: when } }) as const;

  it('lets the call be made for a time', () => given(asked).when(approve()).thenEvents(fact('AuditRequestApproved')));
  it('is refused to the auditor who asks', () => given(asked).when(approve(bob)).thenRejected('own_audit_request'));
  it('is refused where there is no request', () => given().when(approve()).thenRejected('audit_request_not_found'));
  it('is refused where another auditor has approved it', () =>
    given(asked, fact('AuditRequestApproved')).when(approve(ada)).thenRejected('audit_request_decided'));
  it('is refused where it was refused', () =>
    given(asked, fact('AuditRequestRefused')).when(approve()).thenRejected('audit_request_decided'));
  it('comes too late once the time is over, which is recorded', () =>
    given(asked)
      .when(approve(cleo, asked.data.expiresAt))
      .repeated('audit_request_expired')
      .thenEvents(fact('AuditRequestExpired', { expiredAt: asked.data.expiresAt })));
});

describe('RefuseAuditRequest', () => {
  const { given } = specOf(auditRequest);
  const refuse = (by = cleo, when = at(660)) =>
    ({ type: 'RefuseAuditRequest', data: { requestId, by, at: when } }) as const;

  it('ends it', () => given(asked).when(refuse()).thenEvents(fact('AuditRequestRefused')));
  it('takes back what one has asked for', () =>
    given(asked)
      .when(refuse(bob))
      .thenEvents(fact('AuditRequestRefused', { refusedBy: bob })));
  it('is refused once it is approved', () =>
    given(asked, fact('AuditRequestApproved')).when(refuse(ada)).thenRejected('audit_request_decided'));
  it('comes too late once the time is over, which is recorded', () =>
    given(asked)
      .when(refuse(cleo, at(87_001)))
      .repeated('audit_request_expired')
      .thenEvents(fact('AuditRequestExpired')));
});

describe('ExpireAuditRequest', () => {
  const { given } = specOf(auditRequest);
  const expire = (when = at(87_001)) => ({ type: 'ExpireAuditRequest', data: { requestId, at: when } }) as const;
  const approved = fact('AuditRequestApproved');

  it('records that nobody has decided in time', () =>
    given(asked).when(expire()).thenEvents(fact('AuditRequestExpired')));
  it('records that the call can be made no more', () =>
    given(asked, approved)
      .when(expire(approved.data.expiresAt))
      .thenEvents(fact('AuditRequestExpired', { expiredAt: approved.data.expiresAt })));
  it('changes nothing before that', () =>
    given(asked, approved)
      .when(expire(at(4_249)))
      .thenNothing());
  it('changes nothing once it was refused', () =>
    given(asked, fact('AuditRequestRefused')).when(expire()).thenNothing());
});
