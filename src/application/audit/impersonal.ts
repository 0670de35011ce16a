import { reject } from '../../domain/kernel/rejections.js';
import { ERASED } from '../kernel/erased.js';
import type { PublicProfile, UserDirectory } from '../ports/user-directory.js';
import { namedIn, type AuditCall } from './audit-call.js';

/** An address, or a name that is written as those who mention somebody write it. */
const ADDRESS = /\S@\S|(?:^|\s)@\w/u;

/** Says whether a text holds an address of somebody. What is kept for as long as the log must not. */
export const holdsAddress = (text: string): boolean => ADDRESS.test(text);

const wordsOf = (text: string): string =>
  ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ')} `;

const isNamed = (text: string, { username, displayName }: PublicProfile): boolean =>
  [username, displayName].some((name) => name !== ERASED && wordsOf(text).includes(wordsOf(name)));

/** What is kept of a call as somebody wrote it. */
type Written = Pick<AuditCall, 'filter' | 'reason'>;

/**
 * Refuses a reason, or a matter, that names one of the users whom the call names: it is kept for as long as the log, and would be left of
 * them behind their erasure. Rejects `audit_reason_personal`.
 */
export type RequireImpersonal = (written: Written) => Promise<void>;

export const requireImpersonal =
  (directory: Pick<UserDirectory, 'profiles'>): RequireImpersonal =>
  async ({ filter, reason }) => {
    const texts = [reason, filter['matter']].filter((text) => typeof text === 'string');
    if (texts.some(holdsAddress)) reject('audit_reason_personal');
    const userIds = namedIn(filter);
    if (texts.length === 0 || userIds.length === 0) return;
    const profiles = [...(await directory.profiles(userIds)).values()];
    if (texts.some((text) => profiles.some((profile) => isNamed(text, profile)))) reject('audit_reason_personal');
  };
