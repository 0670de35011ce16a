import type { EventMetadata } from './event-store.js';

/** What stands beside a span: ids and numbers, never what a user has written, nor a name, nor a token. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** An event, as traces look at it: its correlation id tells the request that it belongs to. */
export interface TracedEvent {
  readonly position: string;
  readonly type: string;
  readonly metadata: Pick<EventMetadata, 'correlationId'>;
}

/** Shows how a request is carried out, from its coming in to the sockets that are told of it, as spans of one trace. */
export interface Tracing {
  /** Whether spans are made. */
  readonly isOn: boolean;
  /** The correlation id by which the trace of the request under way is found again; undefined where it has none. */
  correlationId(): string | undefined;
  /** Carries out a request or a frame in a span, within the caller's span of the W3C header `traceparent`, if there is one. */
  request<Answer>(name: string, traceparent: string, work: () => Promise<Answer>): Promise<Answer>;
  /** Carries out a part of the request under way in a span within its span. */
  part<Answer>(name: string, attributes: SpanAttributes, work: () => Promise<Answer>): Promise<Answer>;
  /** Adds to the span that is under way. */
  note(attributes: SpanAttributes): void;
  /** Handles the events of several requests in one span, which is linked to theirs. */
  batch(
    name: string,
    attributes: SpanAttributes,
    events: readonly TracedEvent[],
    work: () => Promise<void>,
  ): Promise<void>;
  /** Handles events of several requests in a span each, which continues the trace of its request. */
  each(name: string, events: readonly TracedEvent[], work: () => Promise<void>): Promise<void>;
}

/** Makes no spans. */
export const UNTRACED: Tracing = {
  isOn: false,
  correlationId: () => undefined,
  request: (_name, _traceparent, work) => work(),
  part: (_name, _attributes, work) => work(),
  note: () => undefined,
  batch: (_name, _attributes, _events, work) => work(),
  each: (_name, _events, work) => work(),
};
