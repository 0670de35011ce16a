import type { ChatEventType } from '../../domain/event-catalogue.js';
import { unchangedShapes, type EventShape } from './event-shape.js';
import { personalFields } from './personal-fields.js';
import { claimSchemas } from './schemas/claims.js';
import { conversationSchemas } from './schemas/conversations.js';
import { messageSchemas } from './schemas/messages.js';
import { readingSchemas } from './schemas/reading.js';
import { requestSchemas } from './schemas/requests.js';
import { sessionSchemas } from './schemas/sessions.js';
import { userSchemas } from './schemas/users.js';

/** How every event of the catalogue is stored. */
export const chatEvents = unchangedShapes(
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
) as Readonly<Record<ChatEventType, EventShape>>;
