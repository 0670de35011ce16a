import { expect } from 'chai';
import { KeptCommands } from '../../../src/interfaces/client/outbox/kept-commands.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { connectedTabs } from '../../support/connected-tabs.js';
import { manualPlatform, settle } from '../../support/manual-platform.js';
import { idsOf, openOutbox, type Sent } from '../../support/opened-outbox.js';

describe('the commands that are kept', () => {
  it('takes up what an earlier page has left, in its order, before what is new', async () => {
    const before = await openOutbox();
    for (const text of ['one', 'two', 'three']) await before.say(text);
    before.outbox.refused({ id: 'three', code: 'forbidden', detail: '' });
    await settle();
    before.outbox.close();
    const after = await openOutbox(before.storage);
    await after.say('four');
    after.up();
    expect(after.states()).to.deep.equal(['one sending', 'two sending', 'three failed', 'four sending']);
    for (const id of ['one', 'two', 'four']) after.ack(id);
    expect(idsOf(after.sent)).to.deep.equal(['one', 'two', 'four']);
    await settle();
    expect((await after.storage.list('outbox/')).map(([, command]) => (command as Sent).id)).to.deep.equal(['three']);
  });

  it('keeps the order of commands over a reload, also where the clock was set back', async () => {
    const before = await openOutbox();
    for (const text of ['one', 'two']) await before.say(text);
    before.outbox.close();
    for (const text of ['three', 'four']) {
      const next = await openOutbox(before.storage, { clockMs: -60_000 });
      await next.say(text);
      next.outbox.close();
    }
    const after = await openOutbox(before.storage);
    expect(after.states()).to.deep.equal(['one', 'two', 'three', 'four'].map((text) => `${text} sending`));
  });

  it('leaves the commands of a page that lives to that page, and takes them when it is gone', async () => {
    const storage = memoryStorage();
    const [one, other] = [await openOutbox(storage), await openOutbox(storage)];
    await one.say('one');
    other.up();
    const third = await openOutbox(storage);
    third.up();
    await settle();
    expect([other.sent, third.sent]).to.deep.equal([[], []]);
    one.outbox.close();
    await settle();
    expect(idsOf(third.sent)).to.deep.equal(['one']);
  });

  it('takes the commands of a page that opened later or earlier when that is gone, once among all', async () => {
    const storage = memoryStorage();
    const tabs = connectedTabs();
    const [one, two, three] = [
      await openOutbox(storage, { tabs: tabs() }),
      await openOutbox(storage, { tabs: tabs() }),
      await openOutbox(storage, { tabs: tabs() }),
    ];
    await settle();
    await two.say('of two');
    two.outbox.close();
    await settle();
    for (const each of [one, three]) each.up();
    expect([...one.states(), ...three.states()]).to.deep.equal(['of two sending']);
    const [heir, last] = one.states().length > 0 ? [one, three] : [three, one];
    await heir.say('of its heir');
    heir.outbox.close();
    await settle();
    expect(last.states()).to.deep.equal(['of two sending', 'of its heir sending']);
    for (const id of ['of two', 'of its heir']) last.ack(id);
    await settle();
    expect(await storage.list('')).to.deep.equal([]);
  });

  it('leaves also what is given last to the pages that stay', async () => {
    const storage = memoryStorage();
    const tabs = connectedTabs();
    let keep = (): void => undefined;
    const slow = {
      ...storage,
      put: (key: string, value: unknown) =>
        new Promise<void>((resolve) => (keep = () => void storage.put(key, value).then(resolve))),
    };
    const [one, other] = [await openOutbox(slow, { tabs: tabs() }), await openOutbox(storage, { tabs: tabs() })];
    await settle();
    void one.say('one');
    one.outbox.close();
    await settle();
    keep();
    await settle();
    expect(other.states()).to.deep.equal(['one sending']);
  });

  it('takes what another page has left also where nothing more can be kept', async () => {
    const before = await openOutbox();
    await before.say('one');
    before.outbox.close();
    const full = { ...before.storage, put: () => Promise.reject(new Error('full')) };
    const after = await openOutbox(full);
    after.up();
    after.ack('one');
    await settle();
    expect([idsOf(after.sent), await before.storage.list('')]).to.deep.equal([['one'], []]);
  });

  it('leaves nothing on the device once it is cleared', async () => {
    const storage = memoryStorage();
    const [one, other, eve] = [
      await openOutbox(storage),
      await openOutbox(storage),
      await openOutbox(storage, { owner: 'there/eve' }),
    ];
    for (const [page, text] of [
      [one, 'one'],
      [other, 'two'],
      [eve, 'of eve'],
    ] as const)
      await page.say(text);
    await one.outbox.clear();
    expect((await storage.list('')).map(([, command]) => (command as Sent).id)).to.deep.equal(['of eve']);
  });

  // The page went on waiting for ever, and whoever waited for its opening with it.
  it('ends its opening where the page is closed meanwhile, and takes nothing', async () => {
    const before = await openOutbox();
    await before.say('one');
    before.outbox.close();
    await settle();
    const { platform } = manualPlatform({ storage: before.storage });
    const kept: KeptCommands = new KeptCommands({
      owner: 'there/me',
      platform: {
        ...platform,
        storage: { ...before.storage, list: (prefix) => (kept.close(), before.storage.list(prefix)) },
      },
    });
    await kept.open(() => expect.fail('a page that is closed takes nothing'));
  });

  it('does not send what another user wrote on this device', async () => {
    const before = await openOutbox(memoryStorage(), { owner: 'there/eve' });
    await before.say('one');
    before.outbox.close();
    const after = await openOutbox(before.storage);
    after.up();
    await settle();
    expect(after.sent).to.deep.equal([]);
  });
});
