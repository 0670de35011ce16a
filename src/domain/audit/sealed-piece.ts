/** What a sealed piece of the second version begins with. No piece of the first version holds a full stop. */
export const PIECE_VERSION = '2.';

/** The lengths of keys and of the parts of a sealed piece, in bytes. */
export const EVENT_KEY_BYTES = 32;
export const COMMITMENT_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** What keys are derived for. */
export const EVENT_KEY_LABEL = 'chatapp event key 2';
export const PIECE_LABEL = 'chatapp sealed piece 2';

/** The place of an event, to which its sealed piece is bound. */
export interface SealedPlace {
  readonly type: string;
  readonly schemaVersion: number;
  readonly streamId: string;
  readonly eventId: string;
}

/** Answers the `info` of HKDF: a label and the place of the event, between which stands U+0000, which none of them holds. */
export const infoOf = (label: string, { type, schemaVersion, streamId, eventId }: SealedPlace): string =>
  `${label}\0${type}\0${schemaVersion}\0${streamId}\0${eventId}`;
