import { expect } from 'chai';
import type { NodeId } from '../../../src/application/ports/signals.js';
import { packBatches, parseBatch } from '../../../src/infrastructure/signals/signal-batch.js';
import { NO_BATCHES } from '../../support/no-batches.js';

const node = '0190b5a0-0000-4000-8000-000000000001' as NodeId;

describe('A batch of signals', () => {
  it('is read as it was packed', () => {
    const payloads = packBatches(node, 7, ['["news",{"n":1}]', '["news",{"n":2}]']);
    expect(payloads.map(parseBatch)).to.deep.equal([
      {
        from: node,
        number: 7,
        signals: [
          ['news', { n: 1 }],
          ['news', { n: 2 }],
        ],
      },
    ]);
  });

  for (const payload of NO_BATCHES)
    it(`is not seen in ${JSON.stringify(payload)}`, () => expect(parseBatch(payload)).to.equal(undefined));

  it('is not seen in more than a node sends', () => {
    const [payload = ''] = packBatches(node, 1, [JSON.stringify(['news', { text: 'x'.repeat(6_900) }])]);
    expect(parseBatch(payload)).not.to.equal(undefined);
    expect(parseBatch(payload + ' '.repeat(1_000))).to.equal(undefined);
  });
});
