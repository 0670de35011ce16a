/** One run of the server: a node that starts again is another one. */
export type NodeId = string & { readonly __brand: 'NodeId' };

/** What a signal may take as JSON, with its topic. */
export const MAX_SIGNAL_BYTES = 7_000;

/** A signal is small, or it is none. */
export class SignalTooBigError extends Error {
  override readonly name = 'SignalTooBigError';

  constructor(
    readonly topic: string,
    readonly bytes: number,
  ) {
    super(`a signal has at most ${MAX_SIGNAL_BYTES} bytes, one of topic ${topic} has ${bytes}`);
  }
}

/** Hears what another node has told, as JSON gives it back. */
export type SignalListener = (content: unknown, from: NodeId) => void;

/**
 * What the nodes tell each other in passing: never a fact. Each of the other nodes hears a signal at most once, those of
 * one sender in the order in which they were sent; the sender itself hears none of its own.
 */
export interface Signals {
  /** This node, as the others know it. */
  readonly node: NodeId;
  /** Sends a JSON object as soon as may be. Raises `SignalTooBigError`; what is lost later is not told here. */
  publish(topic: string, content: object): void;
  /** Called with each signal of a topic, until the returned function is called. */
  subscribe(topic: string, listener: SignalListener): () => void;
  /** Called when signals of others may have been missed, until the returned function is called. */
  onMissed(listener: () => void): () => void;
}
