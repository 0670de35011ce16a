import type { UserEvents } from './events.js';

const ERASED: keyof UserEvents = 'UserErased';

/** Says whether a user is registered, by the type of the last event in their stream: nothing follows an erasure. */
export const isRegisteredAfter = (lastEvent: string): boolean => lastEvent !== ERASED;
