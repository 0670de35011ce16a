import type { AuditedEvent } from '../ports/audited-log.js';

/**
 * The versions in which events were stored before what is secret in them was sealed: with the hash of a password, and with a plain hash of a
 * whole request, its password included (docs/decisions/0020).
 */
const BARE: Readonly<Record<string, number>> = { UserRegistered: 1, RequestAccepted: 1 };

/** Says whether whoever has the stored bytes of an event can try passwords. */
export const isStoredBare = ({ type, schemaVersion }: Pick<AuditedEvent, 'type' | 'schemaVersion'>): boolean =>
  Object.hasOwn(BARE, type) && BARE[type] === schemaVersion;
