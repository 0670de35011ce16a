/** How a member keeps a conversation. Nobody else sees it. */
export type Preferences = {
  muted: boolean;
  archived: boolean;
  /** Whether it is kept at the top of the list. */
  pinned: boolean;
};

export const DEFAULT_PREFERENCES: Readonly<Preferences> = { muted: false, archived: false, pinned: false };
