import { auditAccess, type AuditAccessParts } from './audit-access.js';
import { auditGate, type AuditGateParts } from './audit-gate.js';
import { auditRequests, type AuditRequestParts } from './audit-requests.js';
import { countEvents } from './count-events.js';
import { findEvents, type EventFinderParts } from './find-events.js';
import { eventList } from './list-events.js';
import { messageVersions } from './message-versions.js';
import { recordRefusal } from './record-refusal.js';

export type AuditPorts = AuditAccessParts &
  Omit<AuditGateParts, 'access' | 'recordRefusal'> &
  AuditRequestParts &
  EventFinderParts;

/** What auditors can do. */
export const auditUseCases = (ports: AuditPorts) => {
  const { transact, identifiers, clock, denylist, stopping, log, index } = ports;
  const found = { log, find: findEvents({ log, index }) };
  const access = auditAccess(ports);
  const gateParts = { transact, identifiers, clock, denylist, stopping };
  return {
    auditGate: auditGate({ ...gateParts, access, recordRefusal: recordRefusal(transact) }),
    ...auditRequests(ports),
    ...eventList(found),
    messageVersions: messageVersions(found),
    countEvents: countEvents(index),
  };
};

export type AuditUseCases = ReturnType<typeof auditUseCases>;
