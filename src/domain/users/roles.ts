/** What a user may do beside talking: auditors read the log, admins manage users. */
export const USER_ROLES = ['auditor', 'admin'] as const;

export type UserRole = (typeof USER_ROLES)[number];
