/** The preferences of a member for a conversation. Nobody else sees them. */
export type Preferences = {
  muted: boolean;
  archived: boolean;
  /** Whether it is kept at the top of the list. */
  pinned: boolean;
};

export const DEFAULT_PREFERENCES: Readonly<Preferences> = { muted: false, archived: false, pinned: false };
