import { expect } from 'chai';
import { MAX_SIGNAL_BYTES, SignalTooBigError, type NodeId, type Signals } from '../../src/application/ports/signals.js';

export type OpenSignals = Signals & { close(): Promise<void> };

/** Nodes that hear each other's signals. */
export interface SignalsUnderTest {
  join(): Promise<OpenSignals>;
  close(): Promise<void>;
}

/** Listens to a topic on a node and keeps what is heard. */
export const listenTo = (signals: Signals, topic: string) => {
  const heard: { readonly content: unknown; readonly from: NodeId }[] = [];
  let told: () => void = () => undefined;
  const stop = signals.subscribe(topic, (content, from) => {
    heard.push({ content, from });
    told();
  });
  /** Resolves with everything that was heard, once there are this many signals. */
  const contents = async (count: number): Promise<unknown[]> => {
    while (heard.length < count) await new Promise<void>((resolve) => (told = resolve));
    return heard.map(({ content }) => content);
  };
  return { heard, contents, stop };
};

/** Tests what every adapter of the signals port guarantees. */
export const signalsContract = (open: () => Promise<SignalsUnderTest>): void => {
  let opened: SignalsUnderTest;
  let ada: OpenSignals;
  let bob: OpenSignals;
  let cleo: OpenSignals;

  beforeEach(async () => {
    opened = await open();
    [ada, bob, cleo] = await Promise.all([opened.join(), opened.join(), opened.join()]);
  });
  afterEach(() => opened.close());

  it('reaches each of the other nodes with its sender, and not the sender itself', async () => {
    const [own, ...others] = [ada, bob, cleo].map((signals) => listenTo(signals, 'news'));
    ada.publish('news', { text: 'hello' });
    for (const other of others) {
      await other.contents(1);
      expect(other.heard).to.deep.equal([{ content: { text: 'hello' }, from: ada.node }]);
    }
    // Ada hears Bob's own signal; the signal that she sent before would have come by now.
    bob.publish('news', { text: 'and back' });
    expect(await own!.contents(1)).to.deep.equal([{ text: 'and back' }]);
  });

  it('keeps the order of a sender, in one turn and over many', async () => {
    const heard = listenTo(bob, 'news');
    const numbers = Array.from({ length: 3_000 }, (_, n) => ({ n }));
    for (const each of numbers.slice(0, 2_000)) ada.publish('news', each);
    for (const each of numbers.slice(2_000)) {
      if (each.n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      ada.publish('news', each);
    }
    expect(await heard.contents(numbers.length)).to.deep.equal(numbers);
  });

  it('delivers what is the same twice as often as it was sent', async () => {
    const heard = listenTo(bob, 'news');
    for (let n = 0; n < 3; n += 1) ada.publish('news', { text: 'again' });
    ada.publish('news', { text: 'the last' });
    expect(await heard.contents(4)).to.deep.equal([...Array<object>(3).fill({ text: 'again' }), { text: 'the last' }]);
  });

  it('gives back what JSON can hold, in any script', async () => {
    const heard = listenTo(bob, 'news');
    const content = { text: '“你好” 😀 \u0000 \\ \' {a,"b"}', list: [1, null, true], none: null };
    ada.publish('news', { ...content, left: undefined });
    expect(await heard.contents(1)).to.deep.equal([content]);
  });

  it('keeps topics apart, and calls no listener that was removed', async () => {
    const [news, weather] = [listenTo(bob, 'news'), listenTo(bob, 'weather')];
    ada.publish('weather', { sun: true });
    ada.publish('news', { n: 1 });
    await news.contents(1);
    weather.stop();
    ada.publish('weather', { sun: false });
    ada.publish('news', { n: 2 });
    expect(await news.contents(2)).to.deep.equal([{ n: 1 }, { n: 2 }]);
    expect(await weather.contents(1)).to.deep.equal([{ sun: true }]);
  });

  it('calls the other listeners when one fails', async () => {
    bob.subscribe('news', () => {
      throw new Error('of no use');
    });
    const heard = listenTo(bob, 'news');
    ada.publish('news', { n: 1 });
    ada.publish('news', { n: 2 });
    expect(await heard.contents(2)).to.deep.equal([{ n: 1 }, { n: 2 }]);
  });

  it('takes signals up to the limit, counted in bytes, and refuses bigger ones', async () => {
    const heard = listenTo(bob, 'news');
    const room = MAX_SIGNAL_BYTES - Buffer.byteLength('["news",{"text":""}]');
    const largest = { text: 'ä'.repeat(room / 2) };
    for (let n = 0; n < 3; n += 1) ada.publish('news', largest);
    expect(() => ada.publish('news', { text: `${largest.text}ä` })).to.throw(SignalTooBigError);
    expect(await heard.contents(3)).to.deep.equal([largest, largest, largest]);
  });

  it('lets a node leave: what it had sent arrives, and the others go on', async () => {
    const heard = listenTo(bob, 'news');
    cleo.publish('news', { text: 'goodbye' });
    await cleo.close();
    ada.publish('news', { text: 'still here' });
    expect(await heard.contents(2)).to.have.deep.members([{ text: 'goodbye' }, { text: 'still here' }]);
  });
};
