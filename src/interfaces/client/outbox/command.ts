import type { ErrorCode } from '../errors.js';
import type { CommandFrame } from '../wire.js';

type WithoutId<Frame> = Frame extends unknown ? Omit<Frame, 'id'> : never;

/** What a command asks for: a frame, whose id is the command's. */
export type CommandContent = WithoutId<CommandFrame>;

/** A command that the server has not acknowledged, as it is kept. */
export interface Command {
  /** The id of its frame. A message to send has the same one, so that a repeat is recognised. */
  readonly id: string;
  /** Commands of one lane are carried out one after another, in the order in which they were given. */
  readonly lane: string;
  /** The command's place among all of this user: when it was given, but later than the one before. */
  readonly place: string;
  readonly content: CommandContent;
  /** The time at which it was given. */
  readonly at: string;
  /** Why it was refused; it is tried again only when somebody asks. */
  readonly failure?: { readonly code: ErrorCode; readonly detail: string };
}

/** A message that is not seen in the history yet. */
export interface OutgoingMessage {
  readonly messageId: string;
  readonly conversationId: string | undefined;
  readonly text: string;
  readonly replyTo: string | undefined;
  readonly at: string;
  /** `sending`: kept on this device, `sent`: durable on the server, `failed`: refused, to be repeated or discarded. */
  readonly state: 'sending' | 'sent' | 'failed';
  readonly failure: Command['failure'];
}

const MAX_FRAME_BYTES = 65_536;

const PLACE_DIGITS = 16;

/** Answers a place by its milliseconds since 1970; places sort as these do. */
export const placeOf = (time: number): string => String(time).padStart(PLACE_DIGITS, '0');

/** The frame of a command. */
export const frameOf = ({ id, content }: Command): object => ({ ...content, id });

/** Says whether the frame of a command is larger than the server takes. */
export const isTooLarge = (command: Command): boolean =>
  new TextEncoder().encode(JSON.stringify(frameOf(command))).length > MAX_FRAME_BYTES;
