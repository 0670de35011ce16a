import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { Chat } from '../../src/interfaces/client/client.js';
import { fileStorage } from '../../src/interfaces/client/node/file-storage.js';
import type { Tokens } from '../../src/interfaces/client/wire.js';
import { startApp, type RunningApp } from '../support/app.js';
import { call } from '../support/call.js';
import { chatOf, closeChats, codeOf, expectCurrent, signedIn, until, untilCurrent } from '../support/chat-scene.js';
import { openHttpProxy, type HttpProxy } from '../support/http-proxy.js';
import { LiveHistory, steps } from '../support/live-history.js';
import { openSocket } from '../support/live-socket.js';
import { history, logIn, send, signUp, type SignedUp } from '../support/signed-up.js';
import { closeSockets } from '../support/socket.js';

/** So many texts of 8,000 characters are more than a resume carries. */
const LONG_TEXTS = 1_060;

describe('the client library', () => {
  let app: RunningApp;
  let proxy: HttpProxy;
  let ada: SignedUp;
  let bob: SignedUp;
  let cleo: SignedUp;
  let directId: string;

  before(async function () {
    this.timeout(180_000);
    app = await startApp();
    proxy = await openHttpProxy(app.url);
    [ada, bob, cleo] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'cleo')];
    ({ conversationId: directId } = await send(app, ada, { recipientId: bob.userId, text: 'first' }));
  });
  afterEach(() => {
    closeChats();
    closeSockets();
  });
  after(async () => {
    await proxy.close();
    await app.stop();
  });

  const textsOf = async (conversationId: string, position: string): Promise<string[]> => {
    const messages = await history(app, ada, conversationId, position);
    return messages.map(({ text }) => text);
  };

  it('shows what was there, and what comes, to both', async () => {
    const [one, other] = [await signedIn(chatOf(app.url), ada), await signedIn(chatOf(app.url), bob)];
    expect(one.inbox.map(({ conversationId }) => conversationId)).to.deep.equal([directId]);
    const heard: string[] = [];
    other.onMessage(({ text }) => heard.push(text ?? ''));
    const id = await one.send({ recipient: 'bob', text: 'hello' });
    expect(one.outgoing().map(({ messageId, state }) => [messageId, state])).to.deep.equal([[id, 'sending']]);
    await one.settled(id);
    await until(() => other.messages(directId).some(({ messageId }) => messageId === id));
    await until(() => one.outgoing().length === 0);
    expect(heard).to.deep.equal(['hello']);
    expect(other.gaps(directId)).to.deep.equal([{ from: 1, to: 1 }]);
    expect(await other.loadEarlier(directId)).to.equal(false);
    expect(other.messages(directId).map(({ text }) => text)).to.deep.equal(['first', 'hello']);
  });

  it('carries out every command, and folds what comes of it', async () => {
    const [one, other] = [await signedIn(chatOf(app.url), ada), await signedIn(chatOf(app.url), bob)];
    const messageId = await one.send({ conversationId: directId, text: 'as it was' });
    const shown = () => other.messages(directId).find((each) => each.messageId === messageId);
    const later = [one.edit(messageId, 'as it is'), one.react(messageId, '👍'), one.react(messageId, '🎉')];
    await Promise.all(later);
    await one.unreact(messageId, '👍');
    await until(
      () =>
        shown()?.text === 'as it is' &&
        shown()
          ?.reactions.map(({ emoji }) => emoji)
          .join() === '🎉',
    );
    await other.markRead(directId, messageId);
    await until(() => one.reads(directId).get(bob.userId)?.messageId === messageId);
    expect((await one.receipts(shown()!)).map(({ userId }) => userId)).to.deep.equal([bob.userId]);
    await until(() => other.conversation(directId)?.unreadCount === 0);
    await one.delete(messageId);
    await until(() => shown()?.deletedAt !== null);
    await until(() => one.unsent.length === 0);
    other.watchPresence([ada.userId]);
    await until(() => other.presence(ada.userId)?.status === 'online');
    const groupId = await one.startConversation({ kind: 'group', title: 'Engines', memberIds: [bob.userId] });
    await until(() => other.conversation(groupId)?.title === 'Engines');
  });

  it('tells why a command was refused, by its code, and shows it until it is discarded', async () => {
    const chat = await signedIn(chatOf(app.url), ada);
    const id = await chat.send({ recipient: 'nobody.there', text: 'hello?' });
    expect(await codeOf(chat.settled(id))).to.equal('recipient_not_found');
    expect(chat.outgoing().map(({ failure }) => failure?.code)).to.deep.equal(['recipient_not_found']);
    await chat.retry(id);
    expect(await codeOf(chat.settled(id))).to.equal('recipient_not_found');
    await chat.discard(id);
    expect(chat.outgoing()).to.deep.equal([]);
    expect(await codeOf(chat.signIn({ login: 'ada', password: 'wrong' }))).to.equal('invalid_credentials');
  });

  it('loses nothing and sends nothing twice while the network is cut at random', async function () {
    this.timeout(120_000);
    const chats = [await signedIn(chatOf(proxy.url), ada), await signedIn(chatOf(proxy.url), bob)];
    const groupId = await chats[0]!.startConversation({ kind: 'group', title: 'G', memberIds: [bob.userId] });
    const texts = Array.from({ length: 30 }, (_, n) => `number ${n}`);
    const sendAll = async (chat: Chat, who: string) => {
      for (const text of texts) {
        const id = await chat.send({ conversationId: groupId, text: `${who} ${text}` });
        if (text.endsWith('0')) await chat.settled(id);
      }
      await until(() => chat.unsent.length === 0);
    };
    const cuts = await proxy.cutWhile(Promise.all([sendAll(chats[0]!, 'ada'), sendAll(chats[1]!, 'bob')]));
    expect(cuts).to.be.at.least(5);
    const { position } = await send(app, ada, { conversationId: groupId, text: 'the end' });
    const found = await textsOf(groupId, position);
    for (const who of ['ada', 'bob'])
      expect(found.filter((text) => text.startsWith(who))).to.deep.equal(texts.map((text) => `${who} ${text}`));
    for (const chat of chats) {
      await until(() => chat.messages(groupId).length === found.length && chat.outgoing().length === 0);
      expect(chat.messages(groupId).map(({ text }) => text)).to.deep.equal(found);
      expect(chat.gaps(groupId)).to.deep.equal([]);
    }
  });

  it('comes to what a fresh snapshot shows, whatever happens while the network is cut', async function () {
    this.timeout(120_000);
    const users = [ada, bob, cleo];
    const live = new LiveHistory([app], users);
    await live.begin();
    const chats = await Promise.all(users.map((user) => signedIn(chatOf(proxy.url), user)));
    for (const chat of chats)
      for (const { conversationId } of chat.inbox) {
        while (await chat.loadEarlier(conversationId, 200));
        await chat.loadPins(conversationId);
      }
    const tried = fc.sample(steps, 3).flat();
    const play = async () => {
      await live.playEveryKind();
      for (const step of tried) await live.play(step);
    };
    expect(await proxy.cutWhile(play())).to.be.at.least(5);
    for (const [index, chat] of chats.entries()) await expectCurrent(app, users[index]!, chat, live.position);
  });

  it('takes a snapshot and goes on with its histories when it was away for too long', async function () {
    this.timeout(120_000);
    const chat = await signedIn(chatOf(proxy.url), bob);
    while (await chat.loadEarlier(directId, 200));
    const known = chat.messages(directId).length;
    const [oldest] = chat.messages(directId);
    await proxy.refuse();
    await until(() => chat.connection.name !== 'live');
    const away = await openSocket(app, ada);
    for (let n = 0; n < LONG_TEXTS; n += 1)
      away.send({ type: 'send', id: 'x', conversationId: directId, text: 'x'.repeat(8_000) });
    for (let n = 0; n < LONG_TEXTS; n += 1) await away.next('ack');
    away.send({ type: 'edit', id: 'y', messageId: oldest?.messageId, text: 'changed meanwhile' });
    await away.next('ack');
    const { position } = await send(app, ada, { conversationId: directId, text: 'the last' });
    await proxy.admit();
    await until(() => chat.conversation(directId)?.lastMessage?.text === 'the last' && chat.isCurrent);
    expect(chat.messages(directId)[0]?.text).to.equal('changed meanwhile');
    while (await chat.loadEarlier(directId, 200));
    expect(chat.messages(directId)).to.have.length(known + LONG_TEXTS + 1);
    await expectCurrent(app, bob, chat, position);
  });

  it('sends after a restart what it could not send before, once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chatapp-client-'));
    try {
      const before = await signedIn(chatOf(proxy.url, { storage: fileStorage(folder) }), ada);
      await proxy.refuse();
      for (const text of ['kept one', 'kept two']) await before.send({ conversationId: directId, text });
      before.close();
      await proxy.admit();
      const after = chatOf(proxy.url, { storage: fileStorage(folder) });
      expect(await after.restore()).to.equal(true);
      await untilCurrent(after);
      await until(() => after.unsent.length === 0 && after.outgoing().length === 0);
      const { position } = await send(app, ada, { conversationId: directId, text: 'the end' });
      expect((await textsOf(directId, position)).slice(-3)).to.deep.equal(['kept one', 'kept two', 'the end']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('does not take back what another device has edited, where it repeats an edit whose acknowledgement was lost', async () => {
    let frames = 0;
    let edited = (): void => undefined;
    const lost = new Promise<void>((resolve) => (edited = resolve));
    /** Is cut off where the first edit was carried out, before the client hears of it. */
    class CutSocket extends WebSocket {
      override send(data: unknown): void {
        if (String(data).includes('"edit"') && (frames += 1) === 1) this.#cutAtNextAck();
        super.send(data as string);
      }

      #cutAtNextAck(): void {
        const hear = this.onmessage;
        this.onmessage = (event) => {
          if (!(event.data as string).includes('"ack"')) return hear?.(event);
          this.onmessage = null;
          void proxy.refuse().then(edited);
        };
      }
    }
    const chat = await signedIn(chatOf(proxy.url, { WebSocket: CutSocket }), ada);
    const { messageId } = await send(app, ada, { conversationId: directId, text: 'first' });
    const id = await chat.edit(messageId, 'of the laptop');
    await lost;
    const phone = { token: ada.accessToken, json: { text: 'of the phone' } };
    expect((await call(app, 'PATCH', `/message/v1/${messageId}`, phone)).status).to.equal(204);
    await proxy.admit();
    const { position } = await chat.settled(id);
    expect(frames).to.equal(2);
    const { position: last } = await send(app, ada, { conversationId: directId, text: 'the end' });
    expect(BigInt(position) < BigInt(last)).to.equal(true);
    expect((await textsOf(directId, last)).slice(-2)).to.deep.equal(['of the phone', 'the end']);
  });

  it('leaves nothing of a user who signs out to the next one on the device', async () => {
    const storage = fileStorage(join(app.dataDir, 'client'));
    const chat = await signedIn(chatOf(proxy.url, { storage }), ada);
    await chat.loadEarlier(directId);
    await proxy.refuse();
    await chat.send({ conversationId: directId, text: 'for no other eyes' });
    const told: string[] = [];
    chat.subscribe(`conversation/${directId}`, () => told.push('conversation'));
    expect(await codeOf(chat.signOut())).to.equal('unreachable');
    expect([await storage.list(''), told, chat.messages(directId)]).to.deep.equal([[], ['conversation'], []]);
    await proxy.admit();
    await signedIn(chat, cleo);
    expect([chat.messages(directId), chat.outgoing(), chat.conversation(directId)]).to.deep.equal([[], [], undefined]);
    const kept = JSON.stringify(await storage.list(''));
    expect(kept).to.include(cleo.userId);
    expect(kept).not.to.match(new RegExp(`${ada.userId}|${directId}|no other eyes`));
  });

  it('exchanges a token that the server does not take, and stops where the session has ended', async () => {
    const chat = chatOf(app.url);
    const tokens = (await logIn(app, ada)) as Tokens;
    await chat.signInWith({ ...tokens, accessToken: 'expired' });
    await untilCurrent(chat);
    await call(app, 'DELETE', `/user/v1/sessions/${tokens.sessionId}`, { token: ada.accessToken });
    await until(() => chat.user === undefined);
    expect(chat.connection).to.deep.equal({ name: 'stopped', reason: 'signed_out' });
    expect(await codeOf(chat.send({ recipient: 'bob', text: 'too late' }))).to.equal('signed_out');
  });

  it('stays away as the oldest of too many sockets, until somebody asks', async () => {
    const chat = await signedIn(chatOf(app.url), cleo);
    for (let n = 0; n < 20; n += 1) await openSocket(app, cleo);
    await until(() => chat.connection.name === 'stopped');
    expect(chat.connection).to.deep.equal({ name: 'stopped', reason: 'too_many_sockets' });
    chat.connect();
    await until(() => chat.connection.name === 'live');
  });
});
