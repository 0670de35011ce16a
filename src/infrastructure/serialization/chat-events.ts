import type { ChatEventType } from '../../domain/event-catalogue.js';
import { eventHistory } from '../../domain/event-history.js';
import { shapesOf } from './event-shape.js';
import { auditPersonal, auditSchemas } from './schemas/audit.js';
import { claimPersonal, claimSchemas } from './schemas/claims.js';
import { conversationPersonal, conversationSchemas } from './schemas/conversations.js';
import { deliverySchemas } from './schemas/deliveries.js';
import { holdPersonal, holdSchemas } from './schemas/holds.js';
import { maintenancePersonal, maintenanceSchemas } from './schemas/maintenance.js';
import { mediaPersonal, mediaSchemas } from './schemas/media.js';
import { messagePersonal, messageSchemas } from './schemas/messages.js';
import { pinSchemas } from './schemas/pins.js';
import { preferencesSchemas } from './schemas/preferences.js';
import { reactionPersonal, reactionSchemas } from './schemas/reactions.js';
import { readingSchemas } from './schemas/reading.js';
import { requestPersonal, requestSchemas } from './schemas/requests.js';
import { retentionPersonal, retentionSchemas } from './schemas/retention.js';
import { sessionPersonal, sessionSchemas } from './schemas/sessions.js';
import { storageSchemas } from './schemas/storage.js';
import { userPersonal, userSchemas } from './schemas/users.js';

/** Describes how every event of the catalogue is stored. */
export const chatEvents = shapesOf<ChatEventType>(
  {
    ...userSchemas,
    ...claimSchemas,
    ...sessionSchemas,
    ...conversationSchemas,
    ...messageSchemas,
    ...reactionSchemas,
    ...pinSchemas,
    ...preferencesSchemas,
    ...mediaSchemas,
    ...storageSchemas,
    ...readingSchemas,
    ...deliverySchemas,
    ...requestSchemas,
    ...auditSchemas,
    ...holdSchemas,
    ...maintenanceSchemas,
    ...retentionSchemas,
  },
  {
    ...userPersonal,
    ...claimPersonal,
    ...sessionPersonal,
    ...conversationPersonal,
    ...messagePersonal,
    ...reactionPersonal,
    ...mediaPersonal,
    ...requestPersonal,
    ...auditPersonal,
    ...holdPersonal,
    ...maintenancePersonal,
    ...retentionPersonal,
  },
  eventHistory,
);
