import { releasedFromV1 } from '../../domain/claims/history.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import { requestAcceptedFromV1 } from '../../domain/requests/history.js';
import { shapesOf, type EventShape } from './event-shape.js';
import { personalFields } from './personal-fields.js';
import { claimSchemas } from './schemas/claims.js';
import { conversationSchemas } from './schemas/conversations.js';
import { messageSchemas } from './schemas/messages.js';
import { readingSchemas } from './schemas/reading.js';
import { requestSchemas } from './schemas/requests.js';
import { sessionSchemas } from './schemas/sessions.js';
import { userSchemas } from './schemas/users.js';

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
  personalFields,
  changed,
) as Readonly<Record<ChatEventType, EventShape>>;
