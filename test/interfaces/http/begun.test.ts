import { expect } from 'chai';
import { begun } from '../../../src/interfaces/http/begun.js';
import { contentOf, failing, readAll } from '../../support/contents.js';

describe('A content that is begun', () => {
  it('is as it was, whether it has many pieces, one, or none', async () => {
    for (const size of [0, 1, 16_384, 100_000]) {
      const bytes = Buffer.alloc(size, 'x');
      expect(await readAll(await begun(contentOf(bytes)))).to.deep.equal(bytes);
    }
  });

  it('has failed already where its first piece does, and else as it is read', async () => {
    const cut = new Error('cut');
    expect(await begun(failing(Buffer.of(), cut)).catch((error: unknown) => error)).to.equal(cut);
    const later = await begun(failing(Buffer.of(1), cut));
    expect(await readAll(later).catch((error: unknown) => error)).to.equal(cut);
  });

  it('is left by who does not read it', async () => {
    let isLeft = false;
    async function* pieces() {
      try {
        yield* contentOf(Buffer.alloc(10), 1);
      } finally {
        isLeft = true;
      }
    }
    const content = await begun(pieces());
    expect(isLeft).to.equal(false);
    await content.return?.();
    expect(isLeft).to.equal(true);
    expect(await content.next()).to.have.property('done', true);
  });
});
