import type { UserId } from '../kernel/ids.js';

/**
 * The owner of the key that seals why auditors looked. It is no user, and nobody can erase it: with the key of the auditor the
 * reasons would be gone as soon as an auditor erases themself. It is no UUIDv7, so no user ever gets it.
 */
export const AUDIT_TRAIL = '00000000-0000-8000-8000-617564697400' as UserId;
