import { expect } from 'chai';
import { authenticate, type Authenticate } from '../../../src/application/sessions/authenticate.js';
import { logIn, type LogIn } from '../../../src/application/sessions/log-in.js';
import { logOut, type LogOut } from '../../../src/application/sessions/log-out.js';
import { refreshSession, type RefreshSession } from '../../../src/application/sessions/refresh-session.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, PASSWORD, type World } from '../kernel/world.js';

const AFTER_THE_GRACE = 31;
const A_WEEK = 7 * 86_400;

describe('A session', () => {
  let world: World;
  let enter: LogIn;
  let renew: RefreshSession;
  let leave: LogOut;
  let allowed: Authenticate;
  let ada: UserId;

  beforeEach(async () => {
    world = await createWorld();
    enter = logIn(world.transact, world.credentials, world.tokens, world);
    renew = refreshSession(world.transact, world.tokens, world);
    leave = logOut(world.transact, world.denylist);
    allowed = authenticate(world.tokens.access, world.denylist);
    ada = await world.user('ada');
  });

  const entering = (login = 'ada') => enter({ login, password: PASSWORD }, world.contextOf(null));
  const renewing = (refreshToken: string) => renew({ refreshToken }, world.contextOf(null));
  const leaving = (scope: 'session' | 'all', sessionId: Awaited<ReturnType<LogIn>>['sessionId'], who = ada) =>
    leave({ scope }, world.contextOf(who, sessionId));
  const admission = (accessToken: string) => refusalOf((async () => allowed(accessToken))());

  describe('refreshed', () => {
    it('gets other tokens, and stays the same session', async () => {
      const first = await entering();
      const second = await renewing(first.refreshToken);
      expect(second.sessionId).to.equal(first.sessionId);
      expect(second.refreshToken).to.not.equal(first.refreshToken);
      expect(await admission(second.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(second.refreshToken))).to.equal(undefined);
    });

    it('goes on for as long as it is refreshed, and no longer', async () => {
      let { refreshToken } = await entering();
      for (let n = 0; n < 3; n += 1) {
        world.turnClock(A_WEEK - 60);
        ({ refreshToken } = await renewing(refreshToken));
      }
      world.turnClock(A_WEEK + 1);
      expect(await refusalOf(renewing(refreshToken))).to.equal('refresh_token_expired');
    });

    it('is not so by any other string', async () => {
      const { refreshToken, sessionId } = await entering();
      const ofNobody = world.tokens.refresh.issue(world.identifiers.newSessionId()).token;
      const guessed = world.tokens.refresh.issue(sessionId).token;
      for (const token of ['', 'token', `${refreshToken}A`, refreshToken.slice(0, -1), ofNobody, guessed])
        expect(await refusalOf(renewing(token)), token).to.equal('refresh_token_invalid');
      expect(await refusalOf(renewing(refreshToken))).to.equal(undefined);
    });

    it('may repeat an exchange whose answer was lost', async () => {
      const { refreshToken } = await entering();
      await renewing(refreshToken);
      const again = await renewing(refreshToken);
      expect(await admission(again.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(again.refreshToken))).to.equal(undefined);
    });

    it('serves ten who exchange the same token at once, and stays open', async () => {
      const { refreshToken } = await entering();
      const told = await race(10, () => renewing(refreshToken));
      expect(new Set(told.map((each) => each.refreshToken))).to.have.property('size', 10);
      for (const each of told) expect(await admission(each.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(told[3]!.refreshToken))).to.equal(undefined);
    });

    it('ends when a spent token comes back after the grace', async () => {
      const first = await entering();
      const second = await renewing(first.refreshToken);
      world.turnClock(AFTER_THE_GRACE);
      expect(await refusalOf(renewing(first.refreshToken))).to.equal('refresh_token_reused');
      expect(await admission(second.accessToken)).to.equal('session_ended');
      expect(await refusalOf(renewing(second.refreshToken))).to.equal('refresh_token_invalid');
      expect(await world.logged('RefreshTokenReused')).to.have.length(1);
      expect((await world.logged('SessionEnded'))[0]).to.deep.include({ reason: 'refresh_token_reused' });
    });

    it('ends when a spent token comes back whose successor was used, even within the grace', async () => {
      const first = await entering();
      const second = await renewing(first.refreshToken);
      const third = await renewing(second.refreshToken);
      expect(await refusalOf(renewing(first.refreshToken))).to.equal('refresh_token_reused');
      expect(await admission(third.accessToken)).to.equal('session_ended');
    });

    it('leaves the other sessions of the user alone when it ends so', async () => {
      const other = await entering();
      const first = await entering();
      await renewing(first.refreshToken);
      world.turnClock(AFTER_THE_GRACE);
      await refusalOf(renewing(first.refreshToken));
      expect(await admission(other.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(other.refreshToken))).to.equal(undefined);
    });
  });

  describe('logged out', () => {
    it('is over at once: its access token, its refresh token', async () => {
      const { sessionId, accessToken, refreshToken } = await entering();
      expect(await admission(accessToken)).to.equal(undefined);
      await leaving('session', sessionId);
      expect(await admission(accessToken)).to.equal('session_ended');
      expect(await refusalOf(renewing(refreshToken))).to.equal('refresh_token_invalid');
      expect((await world.logged('SessionEnded'))[0]).to.deep.include({ reason: 'logged_out', userId: ada });
    });

    it('leaves the others', async () => {
      const other = await entering();
      await leaving('session', (await entering()).sessionId);
      expect(await admission(other.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(other.refreshToken))).to.equal(undefined);
    });

    it('ends once, however often it is asked to', async () => {
      const { sessionId } = await entering();
      await leaving('session', sessionId);
      await leaving('session', sessionId);
      expect(await world.logged('SessionEnded')).to.have.length(1);
    });

    it('is not ended by another user', async () => {
      const bob = await world.user('bob');
      const { sessionId, accessToken } = await entering();
      expect(await refusalOf(leaving('session', sessionId, bob))).to.equal('forbidden');
      expect(await admission(accessToken)).to.equal(undefined);
    });

    it('everywhere: every session of this user is over, and a new one begins', async () => {
      await world.user('bob');
      const [one, other, bobs] = [await entering(), await entering(), await entering('bob')];
      await leaving('all', one.sessionId);
      for (const { accessToken, refreshToken } of [one, other]) {
        expect(await admission(accessToken)).to.equal('session_ended');
        expect(await refusalOf(renewing(refreshToken))).to.equal('refresh_token_invalid');
      }
      expect(await admission(bobs.accessToken)).to.equal(undefined);
      const next = await entering();
      expect(await admission(next.accessToken)).to.equal(undefined);
      expect(await refusalOf(renewing(next.refreshToken))).to.equal(undefined);
    });
  });

  it('is not there for a token that is none', async () => {
    for (const token of ['', 'a.b.c', 'null']) expect(await admission(token)).to.equal('unauthenticated');
  });
});
