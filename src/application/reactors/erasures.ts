import type { ChatEventType } from '../../domain/event-catalogue.js';
import { idOfStream, type UserId } from '../../domain/kernel/ids.js';
import type { EventBatch } from '../ports/event-store.js';

/** The events that erase a user. */
export const ERASURES: readonly ChatEventType[] = ['UserErased'];

/** Answers the users whom these events erase. Their streams name them: nothing of an event has to be readable. */
export const usersErasedBy = ({ events, undecodable }: Pick<EventBatch, 'events' | 'undecodable'>): UserId[] =>
  [...events, ...undecodable].map(({ streamId }) => idOfStream(streamId) as UserId);
