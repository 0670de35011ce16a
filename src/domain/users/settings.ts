/** Who sees whether a user is there. */
export const PRESENCE_AUDIENCES = ['everyone', 'contacts', 'nobody'] as const;

export type PresenceAudience = (typeof PRESENCE_AUDIENCES)[number];

/** What a user decides about how others see them, and how they are told of things. */
export interface Settings {
  /** Whether others see what one has read, and one sees what others have. */
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
