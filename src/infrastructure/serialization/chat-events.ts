import { releasedFromV1 } from '../../domain/claims/history.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import { requestAcceptedFromV1 } from '../../domain/requests/history.js';
import { shapesOf, type EventShape } from './event-shape.js';
import { claimPersonal, claimSchemas } from './schemas/claims.js';
import { conversationPersonal, conversationSchemas } from './schemas/conversations.js';
import { messagePersonal, messageSchemas } from './schemas/messages.js';
import { readingSchemas } from './schemas/reading.js';
import { requestPersonal, requestSchemas } from './schemas/requests.js';
import { sessionPersonal, sessionSchemas } from './schemas/sessions.js';
import { userPersonal, userSchemas } from './schemas/users.js';

/** Those whose fields have changed: what lifts each version to the next. */
const changed: Readonly<Partial<Record<ChatEventType, EventShape['upcasters']>>> = {
  UsernameReleased: [releasedFromV1],
  EmailReleased: [releasedFromV1],
  RequestAccepted: [requestAcceptedFromV1],
};

/** How every event of the catalogue is stored. */
export const chatEvents = shapesOf(
  {
    ...userSchemas,
    ...claimSchemas,
    ...sessionSchemas,
    ...conversationSchemas,
    ...messageSchemas,
    ...readingSchemas,
    ...requestSchemas,
  } satisfies Record<ChatEventType, unknown>,
  {
    ...userPersonal,
    ...claimPersonal,
    ...sessionPersonal,
    ...conversationPersonal,
    ...messagePersonal,
    ...requestPersonal,
  },
  changed,
) as Readonly<Record<ChatEventType, EventShape>>;
