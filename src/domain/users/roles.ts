/** What a user may do beside talking: auditors read the log, admins manage users, operators maintain read models. */
export const USER_ROLES = ['auditor', 'admin', 'operator'] as const;

export type UserRole = (typeof USER_ROLES)[number];
