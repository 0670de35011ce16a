/** SQLSTATEs of our own, with which statements refuse what must not be committed. PostgreSQL uses no class Z. */
export const LEASE_LOST = 'ZA001';
export const BROKEN_SEQUENCE = 'ZA002';

/** SQL that ends the transaction with an error of this code. The reason is SQL as well. */
export const refuse = (code: string, reason: string): string => `projections.refuse('${code}', ${reason})`;
