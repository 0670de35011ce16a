import { expect } from 'chai';
import { messageView } from '../../../src/application/messages/message-view.js';
import { Audience } from '../../../src/application/push/audience.js';
import { noticesOf } from '../../../src/application/push/pushed-events.js';
import { loadDeliveryData } from '../../../src/interfaces/ws/delivery-data.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { added, group, otherGroup, read, removed, renamed, sent, started } from '../../support/group-facts.js';
import { ada, bob, cleo, eve, messageNumber, positionOf } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';
import { changedGroup, profileOf, ScriptedViews } from '../../support/scripted-views.js';

const [m1, m2] = [messageNumber(1), messageNumber(2)];

describe('What a batch needs of the read models', () => {
  let views: ScriptedViews;
  let audience: Audience;
  beforeEach(() => {
    views = new ScriptedViews();
    audience = new Audience();
    audience.follow(ada);
    audience.add(group, ada);
  });

  const load = async (...facts: Parameters<typeof recorded>[0]) => {
    const notices = noticesOf({ events: recorded(facts), after: LOG_START });
    return { notices, data: await loadDeliveryData(views.parts, notices, audience) };
  };
  const nothing = {
    messages: new Map(),
    changed: new Map(),
    erased: new Map(),
    conversationsOf: new Map(),
    profiles: new Map(),
  };

  it('is the ordinals of messages that are sent and read where a user of this node follows them', async () => {
    views.sequences.set(m1, 4);
    const { data } = await load(sent(1), read(2, bob), sent(3, otherGroup));
    expect(data).to.deep.equal({ ...nothing, sequences: views.sequences });
    expect(views.asked).to.deep.equal([['sequences', [m1, m2]]]);
  });

  it('is each message that was changed, once, where a user of this node follows it', async () => {
    const message = messageView({ ...sent(1).data, seq: 1, position: positionOf(9) });
    views.messages = [message];
    const elsewhere = fact('MessageEdited', { messageId: messageNumber(3), conversationId: otherGroup });
    const { data } = await load(fact('MessageEdited'), elsewhere, fact('ReactionAdded'), fact('MessageDeleted'));
    expect(data.messages).to.deep.equal(new Map([[m1, message]]));
    expect(views.asked).to.deep.equal([
      ['sequences', []],
      ['findSome', [m1]],
    ]);
  });

  it('is each message that is replied to, where a user of this node follows it', async () => {
    const reply = (n: number, conversationId = group) =>
      fact('MessageSent', { ...sent(n, conversationId).data, replyTo: m1 });
    await load(sent(4), reply(5), reply(6), reply(7, otherGroup));
    expect(views.asked.slice(1)).to.deep.equal([['findSome', [m1]]]);
  });

  it('is nothing of a conversation that nobody follows', async () => {
    const { data } = await load(sent(1, otherGroup), started([bob, cleo], otherGroup));
    expect(data).to.deep.equal({ ...nothing, sequences: new Map() });
    expect(views.asked).to.deep.equal([['sequences', []]]);
  });

  it('is all of a conversation that somebody here joins by it', async () => {
    await load(sent(1, otherGroup), started([bob, ada], otherGroup));
    expect(views.asked.map(([query]) => query)).to.deep.equal(['sequences', 'findChanged']);
    expect(views.asked[0]).to.deep.equal(['sequences', [m1]]);
  });

  it('is what changed, in one query: who joined behind earlier messages, and who left', async () => {
    const { notices } = await load(renamed('Looms'), added(bob), removed(cleo), started([ada], otherGroup));
    expect(views.asked[1]).to.deep.equal([
      'findChanged',
      [
        { conversationId: group, position: '1', joined: [], removed: [] },
        { conversationId: group, position: '2', joined: [bob], removed: [] },
        { conversationId: group, position: '3', joined: [], removed: [{ userId: cleo, position: '3' }] },
        { conversationId: otherGroup, position: '4', joined: [], removed: [] },
      ],
    ]);
    expect(notices).to.have.length(4);
  });

  it('is what was found of each change, and the profiles of all that the frames show, each once', async () => {
    const found = changedGroup(group, [ada, bob]);
    views.changed = [undefined, found];
    const { data, notices } = await load(renamed('Looms'), added(eve), fact('ProfileChanged', { userId: cleo }));
    expect([...data.changed]).to.deep.equal([[notices[1], found]]);
    expect(views.asked.at(-1)).to.deep.equal(['profiles', [cleo, eve, ada, bob]]);
    expect(data.profiles.get(eve)).to.deep.equal(profileOf(eve));
  });

  it('is the conversations in which each erasure changed something', async () => {
    views.changedByErasure = [{ conversationId: group, lastSeenSeq: 4, areSeenChanged: true }];
    const { data, notices } = await load(sent(1, otherGroup), fact('UserErased', { userId: bob }));
    expect([...data.erased]).to.deep.equal([[notices[1], views.changedByErasure]]);
    expect(views.asked.slice(1)).to.deep.equal([['changedByErasure', notices[1]]]);
    expect(notices[1]).to.deep.include({ userId: bob, position: '2', since: '1' });
  });

  it('is the conversations of those who look different, in one query, each user once', async () => {
    views.memberships = [
      { userId: ada, conversationId: group },
      { userId: ada, conversationId: otherGroup },
    ];
    const { data } = await load(
      fact('ProfileChanged', { userId: ada }),
      fact('ProfileChanged', { userId: bob }),
      fact('ProfileChanged', { userId: ada }),
      fact('SettingsChanged', { userId: cleo }),
    );
    expect([...data.conversationsOf]).to.deep.equal([
      [ada, [group, otherGroup]],
      [bob, []],
    ]);
    expect(views.asked.slice(1)).to.deep.equal([
      ['membershipsOf', [ada, bob]],
      ['profiles', [ada, bob]],
    ]);
  });
});
