import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import type { RawBatch } from '../../../src/application/ports/raw-log.js';
import type { StoredLog } from '../../../src/infrastructure/event-store/stored-log.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createAuditedLog } from '../../../src/infrastructure/event-store/audited-log.js';
import { testCodec } from '../../support/test-codec.js';

const EMPTY: RawBatch = { after: LOG_START, events: [], position: LOG_START, passed: 0, caughtUp: true };
const SILENCE_MS = 50;

describe('The log as auditors follow it', () => {
  // PostgreSQL is looked at every second, and each look began the silence anew: so nothing ever came to the reader, and nobody
  // asked again whether they might still read.
  it('says that all is well while there are looks at a log in which nothing comes', async () => {
    const ending = new AbortController();
    let looks = 0;
    const subscribe = async function* () {
      for (; !ending.signal.aborted; looks += 1) {
        await nextTurn();
        yield EMPTY;
      }
    };
    const events = { raw: { subscribe } } as unknown as StoredLog;
    const log = createAuditedLog({ events, codec: testCodec, silenceMs: SILENCE_MS });
    for await (const batch of log.follow(LOG_START, ending.signal)) {
      expect(batch.events).to.deep.equal([]);
      expect(looks).to.be.greaterThan(1);
      ending.abort();
    }
    expect(ending.signal.aborted).to.equal(true);
  });
});
