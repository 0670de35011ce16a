/** What somebody may do beside talking: auditors look into the log, admins look after users. */
export const USER_ROLES = ['auditor', 'admin'] as const;

export type UserRole = (typeof USER_ROLES)[number];
