import { hasReached } from '../../domain/kernel/position.js';
import type { Stretch } from '../ports/audit-index.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';

/** So many events are in memory at a time. */
const AT_ONCE = 500;

/** Reads the events of a stretch, one after another. */
export async function* eventsIn(
  log: Pick<AuditedLog, 'first'>,
  { after, upTo }: Stretch,
): AsyncGenerator<AuditedEvent> {
  for (let behind = after; !hasReached(behind, upTo);) {
    const found = await log.first({ after: behind, upTo }, AT_ONCE);
    yield* found;
    behind = (found.length === AT_ONCE ? found.at(-1)?.position : undefined) ?? upTo;
  }
}
