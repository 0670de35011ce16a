import { expect } from 'chai';
import type { CommandId, StreamId } from '../../src/domain/kernel/ids.js';
import { createIdentifiers } from '../../src/infrastructure/identifiers.js';
import { systemClock } from '../../src/infrastructure/system-clock.js';
import { ada, bob, cleo } from '../support/ids.js';

const ids = createIdentifiers();
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const request = 'request-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' as StreamId;
const command = '01900000-00f0-7000-8000-000000000001' as CommandId;

describe('identifiers', () => {
  it('are UUIDs of version 7, and ascend within one millisecond too', () => {
    const made = Array.from({ length: 1_000 }, () => ids.newMessageId());
    for (const id of made) expect(id).to.match(UUID_V7);
    expect(new Set(made)).to.have.property('size', 1_000);
    expect(made.toSorted()).to.deep.equal(made);
  });

  it('stay the same for the same event: a retry is recognised by them, so these values never change', () => {
    expect(ids.eventId(command, 0)).to.equal('4ccf573b-10eb-54ca-8439-98ef97447c42');
    expect(ids.eventId(command, 1)).to.equal('5324eef0-4a82-5442-aee4-aded4f58e59d');
    expect(ids.reactionId(ids.eventId(command, 0), 'greeter')).to.equal('7ec8737f-5ed8-54b3-bf41-f338bc8e3a7e');
    expect(ids.directConversationId(ada, bob)).to.equal('76e207aa-93d5-5b42-a497-6c54ce15ad27');
    expect(ids.messageOfRequest(request)).to.equal('00000000-0000-7976-853f-d8956d9d34ee');
  });

  it('are the same conversation for a pair, whoever starts it, and another for another', () => {
    expect(ids.directConversationId(bob, ada)).to.equal(ids.directConversationId(ada, bob));
    expect(ids.directConversationId(ada, cleo)).not.to.equal(ids.directConversationId(ada, bob));
  });

  it('of a reaction are of its event and of its reactor alone', () => {
    const [one, other] = [ids.eventId(command, 0), ids.eventId(command, 1)];
    const made = [ids.reactionId(one, 'greeter'), ids.reactionId(other, 'greeter'), ids.reactionId(one, 'herald')];
    expect(new Set(made)).to.have.property('size', 3);
  });

  it('of a message that a key stands for have the form of all others, and are of that key alone', () => {
    expect(ids.messageOfRequest(request)).to.match(UUID_V7);
    expect(ids.messageOfRequest(`${request}x` as StreamId)).not.to.equal(ids.messageOfRequest(request));
  });
});

describe('the clock', () => {
  it('says UTC with milliseconds', () => expect(systemClock()).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
});
