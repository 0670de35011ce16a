import type { Logger } from 'pino';
import { answeredWithin } from '../../../application/kernel/answered-within.js';
import { UNTRACED, type Tracing } from '../../../application/ports/tracing.js';
import type { Config } from '../../config.js';
import type { ReleaseStack } from '../../release-stack.js';
import { versionOf } from '../../version.js';

/** The longest time that the end of the server waits for a collector. */
const LAST_SPANS_WITHIN_MS = 1_000;

const SHARE = 0.5;

const LONGEST_REASON = 200;

/** Says why spans are lost, without what a collector has answered: that stands in the error whole, up to 4 MiB of it. */
const reasonOf = (error: Error | undefined): object => {
  const { code } = (error ?? {}) as { readonly code?: number | string };
  return { reason: error?.message.slice(0, LONGEST_REASON), ...(code !== undefined && { code }) };
};

interface TracingParts {
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Sends spans where a collector is named. The packages for it are not loaded where none is. */
export const openTracing = async (
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: serviceName }: Config,
  { log, releases }: TracingParts,
): Promise<Tracing> => {
  if (endpoint === undefined) return UNTRACED;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  const onReach = (isReached: boolean, error?: Error) => {
    if (isReached) log.info({}, 'spans are exported again');
    else log.warn(reasonOf(error), 'spans could not be exported, and are lost');
  };
  const tracing = new OtlpTracing({ endpoint, serviceName, version: await versionOf(), onReach });
  return releases.own('tracing', tracing, async (it, withinMs) => {
    const patienceMs = Math.min(LAST_SPANS_WITHIN_MS, withinMs * SHARE);
    await answeredWithin(patienceMs, it.close(), () => new Error('the collector does not answer')).catch(
      (error: unknown) => log.warn(reasonOf(error as Error), 'the last spans could not be exported'),
    );
  });
};
