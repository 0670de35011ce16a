import type { UndecodableEvent } from '../../application/ports/event-store.js';

/** Observes the store, for metrics and logs. */
export interface StoreObserver {
  /** Called with each committed group: its appends and events, its time, and how many appends wait. */
  committed(group: {
    readonly appends: number;
    readonly events: number;
    readonly seconds: number;
    readonly waiting: number;
  }): void;
  /** Called when a subscription comes to an event that cannot be decoded. It goes on behind it. */
  undecodable(event: UndecodableEvent): void;
}

/** Logs what fails, and what works again by itself. */
export interface StoreLog {
  /** Logs what an operator has to look at. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
