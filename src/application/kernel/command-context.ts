import type { CommandId, EventId, Hash, Instant, SessionId, StreamId, UserId } from '../../domain/kernel/ids.js';

/** An idempotency key that came with a request. */
export interface RequestClaim {
  readonly stream: StreamId;
  readonly fingerprint: Hash;
}

/** The actor, the time, and the ids under which a command is recorded. `Actor` is null before log-in. */
export interface CommandContext<Actor extends UserId | null = UserId> {
  readonly commandId: CommandId;
  /** The request, or the chain of requests, that the command belongs to. */
  readonly correlationId: string;
  /** The cause of the command: the event's id where a reactor acts, the command's own id otherwise. */
  readonly causationId: CommandId | EventId;
  readonly actor: Actor;
  readonly sessionId: SessionId | null;
  readonly now: Instant;
  /** When the access token ends with which the request came; left out where it came with none. */
  readonly tokenEndsAt?: Instant | undefined;
  /** The caller's network address. */
  readonly address: string;
  /** Set when the request came with an idempotency key. */
  readonly claim: RequestClaim | null;
}
