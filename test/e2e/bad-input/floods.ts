import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.js';
import { history, signUp } from '../../support/signed-up.js';
import { call } from '../../support/call.js';
import { connect, type Frame, type Socket } from '../../support/socket.js';
import type { GetTarget } from '../../support/target.js';

/** The app under attack allows this many. */
export const UNAUTHENTICATED = 8;

/** A client sees this code when a connection ends without a close frame. */
const CUT_OFF = 1006;

/** This many wrong passwords are accepted for a user from one network. */
const GUESSES = 10;

/** Tests floods against an app whose limits are those of production. */
export const describeFloods = (target: GetTarget): void => {
  describe('a flood', () => {
    it('of frames closes the socket with 4429, and only that one', async () => {
      const ada = await signUp(target(), 'flooder');
      const [flooding, other] = [await connect(target(), ada.accessToken), await connect(target(), ada.accessToken)];
      await Promise.all([flooding.next('ready'), other.next('ready')]);
      for (let index = 0; index < 20_000 && flooding.ws.readyState === flooding.ws.OPEN; index += 1)
        flooding.send({ type: 'ping' });
      expect(await flooding.closed).to.equal(4429);
      other.send({ type: 'ping' });
      await other.next('pong');
      await other.close();
    });

    // A client that waited for each acknowledgement and sent 300 messages in a row was disconnected with 4429. Whether
    // a message is refused depends on how many a machine takes in a second; pings cost nothing, and make a refusal
    // certain.
    it('of frames from a client that then waits as long as it must closes nothing, and every message is sent once', async () => {
      const [eager, friend] = [await signUp(target(), 'eager'), await signUp(target(), 'friend')];
      const socket = await connect(target(), eager.accessToken);
      await socket.next('ready');
      const refused = () => socket.frames.find(({ type }) => type === 'error');
      const answered = async () => socket.frames.filter(({ type }) => type === 'pong' || type === 'error').length;
      // The client sends fifty frames, and no more before they are answered: a hundred frames more, after it was told,
      // would end the socket.
      for (let sent = 50; !refused(); sent += 50) {
        for (let n = 0; n < 50; n += 1) socket.send({ type: 'ping' });
        await eventually(answered, (count) => count === sent);
      }
      expect(refused()).to.include({ code: 'rate_limited' });
      const texts = Array.from({ length: 30 }, (_, n) => `text ${n}`);
      const refusals: Frame[] = [];
      const ask = async (text: string): Promise<Frame> => {
        socket.send({ type: 'send', id: text, recipient: friend.username, text });
        return socket.answerTo(text);
      };
      let answer: Frame | undefined;
      for (const text of texts)
        for (answer = await ask(text); answer.type === 'error'; answer = await ask(text)) {
          refusals.push(answer);
          await sleep(answer['retryAfterMs'] as number);
        }
      const { conversationId, position } = answer as Frame & { conversationId: string; position: string };
      expect(refusals.filter(({ code }) => code !== 'rate_limited')).to.deep.equal([]);
      const found = await history(target(), friend, conversationId, position);
      expect(found.map(({ text }) => text)).to.deep.equal(texts);
      await socket.close();
    });

    it('of sockets of one user closes the oldest with 4410, and leaves 20', async () => {
      const user = await signUp(target(), 'collector');
      const open = async () => {
        const socket = await connect(target(), user.accessToken);
        await socket.next('ready');
        return socket;
      };
      const sockets: Socket[] = [];
      for (let n = 0; n < 22; n += 1) sockets.push(await open());
      expect(await Promise.all(sockets.slice(0, 2).map(({ closed }) => closed))).to.deep.equal([4410, 4410]);
      for (const socket of sockets.slice(2)) {
        socket.send({ type: 'ping' });
        await socket.next('pong');
        await socket.close();
      }
    });

    it('of sockets without a log-in cuts off the oldest of them, and keeps out nobody who logs in', async () => {
      const newcomer = await signUp(target(), 'newcomer');
      const silent: Socket[] = [];
      for (let n = 0; n < UNAUTHENTICATED; n += 1) silent.push(await connect(target()));
      await (await connect(target(), newcomer.accessToken)).next('ready');
      expect(await silent[0]?.closed).to.equal(CUT_OFF);
    });

    it('of guesses at a password is stopped, for the account and with the right password too', async () => {
      const victim = await signUp(target(), 'victim');
      const guess = (password: string) =>
        call(target(), 'POST', '/user/v1/login', { json: { login: victim.username, password } });
      const statuses: number[] = [];
      for (let n = 0; n <= GUESSES; n += 1) statuses.push((await guess(`guess number ${n}`)).status);
      expect(statuses).to.deep.equal([...Array<number>(GUESSES).fill(401), 429]);
      const { status, body, headers } = await guess(victim.password);
      expect({ status, code: body['code'] }).to.deep.equal({ status: 429, code: 'too_many_attempts' });
      expect(headers.get('retry-after')).to.match(/^[1-9]\d*$/);
    });
  });
};
