import { AsyncLocalStorage } from 'node:async_hooks';
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SpanAttributes, TracedEvent, Tracing } from '../../../application/ports/tracing.js';
import { readReference, readTraceparent, referenceTo } from './span-reference.js';

/** The number by which an exporter says that it has succeeded. */
const SUCCESS = 0;
/** A span has no more links than this. */
const MOST_LINKS = 128;

export interface OtlpTracingParts {
  /** The address of the collector, to which `/v1/traces` is added. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  /** Called when spans could not be exported, and when they can be again. */
  readonly onReach: (isReached: boolean, error?: Error) => void;
}

/** Tells once when the collector is lost, and once when it is there again. */
const watched = (exporter: SpanExporter, onReach: OtlpTracingParts['onReach']): SpanExporter => {
  let isReached = true;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const hasSucceeded = (result.code as number) === SUCCESS;
        if (hasSucceeded !== isReached) onReach(hasSucceeded, result.error);
        isReached = hasSucceeded;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
};

const within = (parent: SpanContext | undefined): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;

const linksTo = (events: readonly TracedEvent[]): Link[] => {
  const ids = new Set(events.map(({ metadata }) => metadata.correlationId));
  const contexts = [...ids].flatMap((id) => readReference(id) ?? []);
  return contexts.slice(0, MOST_LINKS).map((context) => ({ context }));
};

/** Sends spans to a collector by OTLP over HTTP. What else there is to set is set by the standard variables `OTEL_*`. */
export class OtlpTracing implements Tracing {
  readonly isOn = true;
  readonly #underWay = new AsyncLocalStorage<Span>();
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;

  constructor({ endpoint, serviceName, version, onReach }: OtlpTracingParts) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    const exporter = watched(new OTLPTraceExporter({ url }), onReach);
    const attributes = { 'service.name': serviceName, 'service.version': version };
    this.#provider = new BasicTracerProvider({
      resource: defaultResource().merge(resourceFromAttributes(attributes)),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.#tracer = this.#provider.getTracer('chatapp', version);
  }

  correlationId(): string | undefined {
    const context = this.#underWay.getStore()?.spanContext();
    const isRecorded = context && isSpanContextValid(context) && (context.traceFlags & TraceFlags.SAMPLED) !== 0;
    return isRecorded ? referenceTo(context) : undefined;
  }

  request<Answer>(name: string, traceparent: string, work: () => Promise<Answer>): Promise<Answer> {
    const parent = within(readTraceparent(traceparent));
    return this.#inSpan(this.#tracer.startSpan(name, { kind: SpanKind.SERVER }, parent), work);
  }

  part<Answer>(name: string, attributes: SpanAttributes, work: () => Promise<Answer>): Promise<Answer> {
    const parent = this.#underWay.getStore();
    if (!parent) return work(); // No request has asked for it.
    const span = this.#tracer.startSpan(name, { attributes }, trace.setSpan(ROOT_CONTEXT, parent));
    return this.#inSpan(span, work);
  }

  note(attributes: SpanAttributes): void {
    this.#underWay.getStore()?.setAttributes(attributes);
  }

  async batch(
    name: string,
    attributes: SpanAttributes,
    events: readonly TracedEvent[],
    work: () => Promise<void>,
  ): Promise<void> {
    const links = linksTo(events);
    if (links.length === 0) return work();
    await this.#inSpan(this.#tracer.startSpan(name, { attributes, links }, ROOT_CONTEXT), work);
  }

  async each(name: string, events: readonly TracedEvent[], work: () => Promise<void>): Promise<void> {
    const spans = events.flatMap(({ position, type, metadata }) => {
      const parent = readReference(metadata.correlationId);
      const attributes = { 'chatapp.position': position, 'chatapp.event_type': type };
      return parent ? [this.#tracer.startSpan(name, { attributes }, within(parent))] : [];
    });
    try {
      await work();
    } finally {
      for (const span of spans) span.end();
    }
  }

  async #inSpan<Answer>(span: Span, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await this.#underWay.run(span, work);
    } catch (error) {
      // The message is not told: it may repeat what a user has sent.
      const name = error instanceof Error ? error.name : 'unknown';
      span.setAttribute('error.type', name).setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Sends what was not sent yet. A collector that is away makes it wait for long. */
  close(): Promise<void> {
    return this.#provider.shutdown();
  }
}
