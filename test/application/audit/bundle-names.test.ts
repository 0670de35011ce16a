import { expect } from 'chai';
import { bundleFiles } from '../../../src/application/audit/bundle-files.js';
import { startHash } from '../../../src/infrastructure/audit/content-hash.js';
import { bundleScene, LOG, NAMES } from '../../support/bundle-scene.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';

/**
 * A client may read as slowly as it likes. The names were found before the first piece was sent: who was erased meanwhile was
 * named beside events whose keys were gone.
 */
describe('The names in a bundle', () => {
  it('are found once the keys are, and once for all parts', async () => {
    const { events, disclosure, log } = await bundleScene();
    const asked: string[] = [];
    const files = bundleFiles(
      {
        crypto: nodeSealCrypto,
        startHash,
        disclosure: {
          disclose: (stored) => {
            asked.push('keys');
            return disclosure.disclose(stored);
          },
        },
      },
      {
        ...{ scope: { kind: 'chosen' }, size: log.size, origin: LOG.key.name, checkpoint: '', logKeys: [] },
        ...{ proof: [], index: [], media: [] },
        entries: async function* entries() {
          for (const [index, event] of events.entries()) yield { index, event, isEdge: false };
        },
        names: () => {
          asked.push('names');
          return Promise.resolve(NAMES);
        },
      },
    );
    for (const { content } of files) for await (const piece of content) expect(piece.length).to.be.at.least(0);
    expect(asked).to.deep.equal(['keys', 'names']);
  });
});
