/**
 * Receipts that were told, or due, so shortly before the position behind which a client resumes are told again: they may have
 * waited for others to be collected when the client broke off. That takes a second. The rest is for the clocks of the servers,
 * as these times are theirs, and for a slow append.
 */
export const TOLD_AGAIN_MS = 30_000;

/** A receipt that is told so long after it was made does not wait for others, so that it need not be told again. */
export const MOST_LATE_MS = 10_000;

/**
 * In a conversation with more members a resume tells no receipts: clients ask for those that they show. When a group of 1,000
 * connected again at once, behind a message that had just come to all of them, each was told 1,000 receipts of 200 bytes:
 * 20 seconds for what takes three without.
 */
export const MOST_MEMBERS_TOLD = 100;
