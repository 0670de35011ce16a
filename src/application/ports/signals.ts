/** The id of one run of the server: a node that starts again is another one. */
export type NodeId = string & { readonly __brand: 'NodeId' };

/** The most bytes of a signal as JSON, with its topic. */
export const MAX_SIGNAL_BYTES = 7_000;

/** The content is too big for a signal. */
export class SignalTooBigError extends Error {
  override readonly name = 'SignalTooBigError';

  constructor(
    readonly topic: string,
    readonly bytes: number,
  ) {
    super(`a signal has at most ${MAX_SIGNAL_BYTES} bytes, one of topic ${topic} has ${bytes}`);
  }
}

/** Receives the content that another node has sent, as JSON gives it back. */
export type SignalListener = (content: unknown, from: NodeId) => void;

/**
 * Messages that nodes send each other, which are never facts. Each of the other nodes gets a signal at most once, those of one
 * sender in the order in which they were sent. The sender itself gets none of its own.
 */
export interface Signals {
  /** The id of this node, as the others know it. */
  readonly node: NodeId;
  /** Sends a JSON object as soon as possible. Raises `SignalTooBigError`. A later loss is not reported here. */
  publish(topic: string, content: object): void;
  /** Says whether so many signals wait to be sent that those which may be lost are better left out. */
  readonly isBehind: boolean;
  /** Called with each signal of a topic, until the returned function is called. */
  subscribe(topic: string, listener: SignalListener): () => void;
  /** Called when signals of others may have been missed, until the returned function is called. */
  onMissed(listener: () => void): () => void;
}
