import { Parser } from '@asyncapi/parser';
import { expect } from 'chai';
import { asyncApiDocument } from '../../../src/interfaces/ws/asyncapi.js';
import { clientFrames } from '../../../src/interfaces/ws/commands.js';
import { framesOfEachKind } from '../../support/broken-histories.js';

interface Message {
  readonly name: string;
  readonly contentType: string;
  readonly payload: {
    readonly $schema?: string;
    readonly additionalProperties: boolean;
    readonly properties: Readonly<Record<string, object>>;
    readonly required: readonly string[];
    readonly oneOf?: readonly object[];
    readonly anyOf?: readonly object[];
  };
}

interface Document {
  readonly info: { readonly description: string };
  readonly servers: object;
  readonly channels: {
    readonly live: { readonly address: string; readonly messages: Readonly<Record<string, Message>> };
  };
  readonly operations: object;
}

/** The parser's errors and warnings; what it has beyond them are remarks. */
const COMPLAINTS: readonly number[] = [0, 1];

const documentOf = (url: string) => asyncApiDocument({ version: '1.2.3', url }) as Document;

describe('The AsyncAPI document', () => {
  let document: Document;
  let messages: Readonly<Record<string, Message>>;
  beforeEach(() => {
    document = documentOf('http://chat.example:3000');
    messages = document.channels.live.messages;
  });

  const typesOf = (direction: 'client' | 'server') =>
    Object.keys(messages).flatMap((name) => (name.startsWith(`${direction}.`) ? [name.slice('client.'.length)] : []));

  it('is valid AsyncAPI, says the parser of those who define it', async () => {
    const complaints = async (published: object) =>
      (await new Parser().validate(JSON.stringify(published)))
        .filter(({ severity }) => COMPLAINTS.includes(severity))
        .map(({ code }) => code);
    expect(await complaints(document)).to.deep.equal([]);
    const nowhere = { ...document.channels.live, messages: {} };
    expect(await complaints({ ...document, channels: { live: nowhere } })).to.include('invalid-ref');
  }).timeout(60_000);

  it('names the version and the server as clients reach it', () => {
    expect(document).to.deep.include({ asyncapi: '3.0.0' });
    expect(document.info).to.include({ title: 'ChatApp', version: '1.2.3' });
    expect(document.info.description).to.match(/one JSON object each/);
    expect(document.servers).to.deep.equal({ live: { host: 'chat.example:3000', protocol: 'ws', pathname: '/ws/' } });
    expect(documentOf('https://chat.example').servers).to.deep.equal({
      live: { host: 'chat.example', protocol: 'wss', pathname: '/ws/' },
    });
    expect(document.channels.live.address).to.equal('/ws/');
  });

  it('has every frame of clients and of the server, each with its type', () => {
    expect(typesOf('client')).to.have.members(Object.keys(clientFrames));
    const answers = ['ready', 'auth.renewed', 'ack', 'error', 'pong', 'presence', 'typing'];
    const news = ['user.updated', 'auth.expiring', 'session.ended', 'message.receipts'];
    expect(typesOf('server')).to.have.members([...framesOfEachKind, ...answers, ...news]);
    for (const { name, contentType, payload } of Object.values(messages)) {
      expect(contentType).to.equal('application/json');
      expect(payload.properties['type'], name).to.deep.include({ const: name });
      expect(payload.required, name).to.include('type');
      expect(payload, name).not.to.have.property('$schema');
    }
  });

  it('shows what clients send as they may send it', () => {
    const sent = messages['client.send']?.payload;
    expect(sent?.required).to.have.members(['type', 'id']);
    const addressees = ['conversationId', 'recipientId', 'recipient'];
    expect(sent?.oneOf).to.deep.equal(addressees.map((name) => ({ required: [name] })));
    expect(sent?.anyOf?.[0]).to.deep.equal({ required: ['text'] });
    expect(sent?.additionalProperties).to.equal(false);
  });

  it('shows what the server sends as it does', () => {
    const ready = messages['server.ready']?.payload;
    expect(ready?.additionalProperties).to.equal(false);
    expect(ready?.required).to.have.members(Object.keys(ready?.properties ?? {}));
  });

  it('receives the frames of clients, and sends those of the server', () => {
    const references = (direction: 'client' | 'server') =>
      typesOf(direction).map((type) => ({ $ref: `#/channels/live/messages/${direction}.${type}` }));
    const channel = { $ref: '#/channels/live' };
    expect(document.operations).to.deep.equal({
      receive: { action: 'receive', channel, messages: references('client') },
      send: { action: 'send', channel, messages: references('server') },
    });
  });
});
