import { auditAccess, type AuditAccessParts } from './audit-access.js';
import { auditGate, type AuditGateParts } from './audit-gate.js';
import { openAsOf } from './as-of.js';
import { auditRequests, type AuditRequestParts } from './audit-requests.js';
import { countEvents } from './count-events.js';
import { findEvents, type EventFinderParts } from './find-events.js';
import { eventList } from './list-events.js';
import { getPastConversation } from './get-past-conversation.js';
import { getPastMessage } from './get-past-message.js';
import { getPastUser } from './get-past-user.js';
import { listPastConversations } from './list-past-conversations.js';
import { requireImpersonal } from './impersonal.js';
import { listPastMessages } from './list-past-messages.js';
import { messageVersions } from './message-versions.js';
import type { UserDirectory } from '../ports/user-directory.js';
import type { PastParts } from './past.js';
import { openAuditRequests } from './open-requests.js';
import { recordRefusal } from './record-refusal.js';
import { carryOutCommand } from './tool-command.js';

export type AuditPorts = AuditAccessParts &
  Omit<AuditGateParts, 'access' | 'recordRefusal' | 'requireImpersonal'> &
  Omit<AuditRequestParts, 'requireImpersonal'> &
  EventFinderParts &
  PastParts & { readonly directory: Pick<UserDirectory, 'profiles'> };

/** What auditors can do. */
export const auditUseCases = (ports: AuditPorts) => {
  const { transact, identifiers, clock, denylist, stopping, onUnrecorded, log, index } = ports;
  const open = openAsOf(ports);
  const found = { log, find: findEvents({ log, index }), reached: () => index.reached() };
  const access = auditAccess(ports);
  const impersonal = requireImpersonal(ports.directory);
  const requests = auditRequests({ ...ports, requireImpersonal: impersonal });
  const events = eventList(found);
  const gateParts = { transact, identifiers, clock, denylist, stopping, onUnrecorded, requireImpersonal: impersonal };
  return {
    auditGate: auditGate({ ...gateParts, access, recordRefusal: recordRefusal(transact) }),
    carryOutCommand: carryOutCommand(gateParts),
    ...requests,
    ...events,
    openAuditRequests: openAuditRequests({ list: events.listAuditEvents, get: requests.getAuditRequest }),
    messageVersions: messageVersions(found),
    countEvents: countEvents(index),
    listPastMessages: listPastMessages(open),
    getPastMessage: getPastMessage(open),
    getPastConversation: getPastConversation(open),
    getPastUser: getPastUser(open),
    listPastConversations: listPastConversations(open),
  };
};

export type AuditUseCases = ReturnType<typeof auditUseCases>;
