/** The users to whom a user is shown as online. */
export const PRESENCE_AUDIENCES = ['everyone', 'contacts', 'nobody'] as const;

export type PresenceAudience = (typeof PRESENCE_AUDIENCES)[number];

/** What a user decides about how others see them, and about mails to them. */
export interface Settings {
  /** Whether others see what the user has read, and the user sees what others have read. */
  readonly readReceipts: boolean;
  readonly presence: PresenceAudience;
  /** A BCP 47 language tag. */
  readonly locale: string;
  readonly notifications: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  readReceipts: true,
  presence: 'everyone',
  locale: 'en',
  notifications: true,
};
