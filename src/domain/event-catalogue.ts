import type { AuditEvents } from './audit/events.js';
import type { ClaimEvents } from './claims/events.js';
import type { ConversationEvents } from './conversations/events.js';
import type { DeliveryEvents } from './deliveries/events.js';
import type { HoldEvents } from './holds/events.js';
import type { MaintenanceEvents } from './maintenance/events.js';
import type { MediaEvents } from './media/events.js';
import type { MessageEvents } from './messages/events.js';
import type { PinEvents } from './pins/events.js';
import type { PreferencesEvents } from './preferences/events.js';
import type { ReactionEvents } from './reactions/events.js';
import type { ReadingEvents } from './reading/events.js';
import type { RequestEvents } from './requests/events.js';
import type { RetentionEvents } from './retention/events.js';
import type { SessionEvents } from './sessions/events.js';
import type { StorageEvents } from './storage/events.js';
import type { UserEvents } from './users/events.js';

/** Lists every event of every feature. */
export type ChatEvents = UserEvents &
  ClaimEvents &
  SessionEvents &
  ConversationEvents &
  MessageEvents &
  ReactionEvents &
  PinEvents &
  PreferencesEvents &
  MediaEvents &
  StorageEvents &
  ReadingEvents &
  DeliveryEvents &
  RequestEvents &
  AuditEvents &
  HoldEvents &
  MaintenanceEvents &
  RetentionEvents;

export type ChatEventType = keyof ChatEvents;
