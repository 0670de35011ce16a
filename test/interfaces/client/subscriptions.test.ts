import { expect } from 'chai';
import { Subscriptions } from '../../../src/interfaces/client/subscriptions.js';

const open = () => {
  const subscriptions = new Subscriptions<'a' | 'b'>();
  const heard: string[] = [];
  const hear = (topic: 'a' | 'b', what: string) => subscriptions.subscribe(topic, () => heard.push(what));
  const told = async (...topics: ('a' | 'b')[]) => {
    subscriptions.changed(topics);
    await Promise.resolve();
    return heard.splice(0);
  };
  return { subscriptions, heard, hear, told };
};

describe('the subscriptions of a client', () => {
  it('tell once of what changes in one go, and only of that', async () => {
    const { subscriptions, hear, told } = open();
    hear('a', 'one');
    hear('b', 'other');
    subscriptions.changed(['a']);
    expect(await told('a')).to.deep.equal(['one']);
  });

  it('tell all of everything where that is asked', async () => {
    const { subscriptions, hear, told } = open();
    hear('a', 'one');
    hear('b', 'other');
    subscriptions.allChanged();
    expect(await told()).to.deep.equal(['one', 'other']);
  });

  it('do not call a listener any more that has been ended, also by another one that is called before it', async () => {
    const { subscriptions, hear, told } = open();
    let end = (): void => undefined;
    subscriptions.subscribe('a', () => end());
    end = hear('a', 'ended');
    expect(await told('a')).to.deep.equal([]);
  });

  it('do not call a listener that was added while they tell', async () => {
    const { subscriptions, hear, told } = open();
    subscriptions.subscribe('a', () => hear('a', 'added'));
    expect(await told('a')).to.deep.equal([]);
  });

  it('keep a listener that was added twice until both were ended', async () => {
    const { subscriptions, heard, told } = open();
    const listener = () => heard.push('called');
    const ends = [subscriptions.subscribe('a', listener), subscriptions.subscribe('a', listener)];
    ends[0]?.();
    ends[0]?.();
    expect(await told('a')).to.deep.equal(['called']);
    ends[1]?.();
    expect(await told('a')).to.deep.equal([]);
  });
});
