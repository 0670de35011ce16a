import { auditAccess, type AuditAccessParts } from './audit-access.js';
import { auditGate, type AuditGateParts } from './audit-gate.js';
import { auditRequests, type AuditRequestParts } from './audit-requests.js';
import { recordRefusal } from './record-refusal.js';

export type AuditPorts = AuditAccessParts & Omit<AuditGateParts, 'access' | 'recordRefusal'> & AuditRequestParts;

/** What auditors can do. */
export const auditUseCases = (ports: AuditPorts) => {
  const { transact, identifiers, clock, denylist, stopping } = ports;
  const access = auditAccess(ports);
  const gateParts = { transact, identifiers, clock, denylist, stopping };
  return {
    auditGate: auditGate({ ...gateParts, access, recordRefusal: recordRefusal(transact) }),
    ...auditRequests(ports),
  };
};

export type AuditUseCases = ReturnType<typeof auditUseCases>;
