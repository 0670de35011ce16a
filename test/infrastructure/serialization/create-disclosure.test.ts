import { expect } from 'chai';
import { openSealed } from '../../../src/domain/audit/open-sealed.js';
import type { EventId, StreamId } from '../../../src/domain/kernel/ids.js';
import { DamagedUserKey } from '../../../src/infrastructure/security/user-key.js';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createDisclosure } from '../../../src/infrastructure/serialization/create-disclosure.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { fact } from '../../support/events.js';
import { ada, bob } from '../../support/ids.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';
import { eventNumbered } from '../../support/test-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';

describe('Disclosing events', () => {
  const scene = () => {
    const keys = memoryUserKeys();
    const codec = createEventCodec(chatEvents, keys);
    const stored = async (of: { type: string; data: object }, at: number) => {
      const [streamId, eventId] = [`test-${at}` as StreamId, `e${at}` as EventId];
      const [encoded] = await codec.encode([{ streamId, events: [{ ...eventNumbered(0), ...of, eventId }] }]);
      const { schemaVersion, data, metadata } = encoded!;
      return { streamId, eventId, type: of.type, schemaVersion, data: data.toString(), metadata: metadata.toString() };
    };
    return { keys, stored, ...createDisclosure(chatEvents, keys) };
  };
  type Stored = Awaited<ReturnType<ReturnType<typeof scene>['stored']>>;
  const open = (event: Stored, key: unknown) =>
    JSON.parse(
      openSealed(nodeSealCrypto, (JSON.parse(event.data) as { personal: string }).personal, key as Uint8Array, event),
    ) as object;

  it('gives of each its own key, in their order, whoever they are of', async () => {
    const { stored, disclose } = scene();
    const facts = [
      fact('MessageSent', { text: 'of Ada' }),
      fact('ReactionAdded'),
      fact('MessageSent', { text: 'of Bob', senderId: bob }),
      fact('UsernameClaimed'),
    ];
    const events = await Promise.all(facts.map(stored));
    const keys = await disclose(events);
    expect(open(events[0]!, keys[0])).to.deep.equal({ text: 'of Ada' });
    expect(open(events[2]!, keys[2])).to.deep.equal({ text: 'of Bob' });
    expect(open(events[3]!, keys[3])).to.deep.equal({ userId: ada });
    for (const other of [1, 2, 3]) expect(() => open(events[0]!, keys[other]), String(other)).to.throw('another key');
  });

  it('gives nothing where nothing is sealed', async () => {
    const { stored, disclose } = scene();
    expect(await disclose([await stored(fact('MessageDeleted'), 1)])).to.deep.equal([undefined]);
  });

  it('gives no key of who was erased, also where the event does not say who that is', async () => {
    const { keys, stored, disclose } = scene();
    const events = [await stored(fact('MessageSent'), 1), await stored(fact('EmailClaimed'), 2)];
    keys.forget(ada);
    expect(await disclose(events)).to.deep.equal(['erased', 'erased']);
  });

  it('gives no key to what a password is checked by', async () => {
    const { stored, disclose } = scene();
    const events = [await stored(fact('UserRegistered'), 1), await stored(fact('PasswordChanged'), 2)];
    expect(await disclose(events)).to.deep.equal(['withheld', 'withheld']);
  });

  it("gives no key to what was sealed with its user's own", async () => {
    const { keys, stored, disclose } = scene();
    const event = await stored(fact('MessageSent'), 1);
    const key = (await keys.forWriting([ada])).get(ada)!;
    const { personal: _, ...plain } = JSON.parse(event.data) as Record<string, unknown>;
    const old = { ...plain, personal: key.seal('{"text":"old"}', `MessageSent\0test-1\0e1`) };
    expect(await disclose([{ ...event, data: JSON.stringify(old) }])).to.deep.equal(['old']);
  });

  it('gives no key to what is no object of JSON, nor to a type of which nothing is known to be sealed', async () => {
    const { stored, disclose } = scene();
    const event = await stored(fact('MessageSent'), 1);
    const unreadable = ['{', '[1]', 'null', '1'].map((data) => ({ ...event, data }));
    expect(await disclose([...unreadable, { ...event, type: 'Unheard' }])).to.deep.equal(
      Array.from({ length: 5 }, () => 'unreadable'),
    );
  });

  // One such event ended every export of a range, a conversation or a user with it, for good.
  it('gives no key that is damaged, or does not open its event', async () => {
    const { keys, stored, disclose } = scene();
    const event = await stored(fact('MessageSent', { text: 'of Ada' }), 1);
    const changed = [/"2\..{8}/, /"2\./].map((what) => ({ ...event, data: event.data.replace(what, '"3.') }));
    const moved = { ...event, eventId: 'e2' as EventId };
    expect(await disclose([...changed, moved])).to.deep.equal(['unreadable', 'unreadable', 'unreadable']);
    const { reference } = (await keys.forWriting([ada])).get(ada)!;
    const damaged = new Map([[ada, new DamagedUserKey(reference, new Error('its row is damaged'))]]);
    const { disclose: discloseBy } = createDisclosure(chatEvents, { forReading: async () => damaged });
    expect(await discloseBy([event])).to.deep.equal(['unreadable']);
  });
});
