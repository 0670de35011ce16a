import { isSpanContextValid, TraceFlags, type SpanContext } from '@opentelemetry/api';

/** `<version>-<trace id>-<span id>-<flags>`, as W3C Trace Context writes it. A later version may have more behind it. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const REFERENCE = /^([0-9a-f]{32})-([0-9a-f]{16})$/;

const validated = (traceId = '', spanId = '', traceFlags = TraceFlags.NONE): SpanContext | undefined => {
  const context = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
};

/** Reads the header `traceparent`; undefined where there is none that is valid. */
export const readTraceparent = (header: string): SpanContext | undefined => {
  const [, traceId, spanId, flags = '0'] = TRACEPARENT.exec(header) ?? [];
  const isSampled = (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) !== 0;
  return validated(traceId, spanId, isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE);
};

/** Names a span by `<trace id>-<span id>`, as the correlation id of what its request appends. Only recorded ones are named so. */
export const referenceTo = ({ traceId, spanId }: SpanContext): string => `${traceId}-${spanId}`;

/** Answers the span that a correlation id names; undefined for one that names none, as where a client has given it. */
export const readReference = (correlationId: string): SpanContext | undefined => {
  const [, traceId, spanId] = REFERENCE.exec(correlationId) ?? [];
  return validated(traceId, spanId, TraceFlags.SAMPLED);
};
