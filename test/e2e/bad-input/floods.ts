import { expect } from 'chai';
import { signUp } from './account.js';
import { call } from './call.js';
import { connect } from './socket.js';
import type { GetTarget } from './target.js';

/** Against an app whose limits are those of production. */
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

    it('of guesses at a password is stopped, for the account and with the right password too', async () => {
      const victim = await signUp(target(), 'victim');
      const guess = (password: string) =>
        call(target(), 'POST', '/user/v1/login', { json: { login: victim.username, password } });
      const statuses: number[] = [];
      while (statuses.at(-1) !== 429 && statuses.length < 200)
        statuses.push((await guess(`guess number ${statuses.length}`)).status);
      expect([...new Set(statuses)]).to.deep.equal([401, 429]);
      const { status, body, headers } = await guess(victim.password);
      expect({ status, code: body['code'] }).to.deep.equal({ status: 429, code: 'too_many_attempts' });
      expect(Number(headers.get('retry-after'))).to.be.above(0);
    });
  });
};
