import { expect } from 'chai';
import { countEvents } from '../../../src/application/audit/count-events.js';
import { InvalidCursorError } from '../../../src/application/ports/message-views.js';
import { openMemoryIndex } from '../../support/index-under-test.js';

// Such a time went to the database, whose error was answered as one of the server.
describe('Counting events', () => {
  it('goes on behind times that there are, and refuses others', async () => {
    const { index, close } = await openMemoryIndex();
    const count = (time: string) => countEvents(index)({ bucket: 'day', cursor: `t${time}-MessageSent` });
    expect(await count('2024-02-29T12:00:00.000Z')).to.deep.equal({ counts: [], position: '0', nextCursor: null });
    for (const time of ['2026-02-29T12:00:00.000Z', '2026-99-99T99:99:99.999Z', '2026-01-31T24:00:00.000Z'])
      expect(await count(time).catch((error: unknown) => error), time).to.be.instanceOf(InvalidCursorError);
    await close();
  });
});
