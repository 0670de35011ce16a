import { expect } from 'chai';
import { loadConfig } from '../../../src/infrastructure/config.js';
import { checkNats } from '../../../src/infrastructure/doctor/nats-check.js';
import { describeOnNats, startNats, type NatsServer } from '../../support/nats.js';

const examine = (NATS_URL: string) => checkNats(NATS_URL, loadConfig({ NATS_URL }))();

describeOnNats('What doctor says of NATS', () => {
  let server: NatsServer;
  let other: NatsServer;
  before(async () => {
    server = await startNats({ settings: 'authorization { token: secret }' });
    other = await startNats({ beside: server, settings: 'authorization { token: secret }' });
  });
  after(async () => {
    await other.stop();
    await server.stop();
  });

  it('is which servers there are', async () => {
    const { status, detail } = await examine(`nats://secret@${server.host},nats://secret@${other.host}`);
    expect(status).to.equal('ok');
    expect(detail).to.match(new RegExp(`${server.host} \\(NATS [\\d.]+\\), ${other.host} \\(NATS`));
  });

  it('is which server is away while others are there', async () => {
    await other.kill();
    const { status, detail } = await examine(`nats://secret@${server.host},nats://secret@${other.host}`);
    await other.restart();
    expect(status).to.equal('warning');
    expect(detail).to.contain(`${other.host} cannot be reached: ECONNREFUSED`);
  });

  it('is that nobody can log in, without the token', async () => {
    const { status, detail } = await examine(`nats://wrong@${server.host}`);
    expect(status).to.equal('failure');
    expect(detail)
      .to.match(/Authorization Violation/i)
      .and.not.contain('wrong');
  });

  it('is that a user may not speak', async () => {
    const settings = 'authorization { users: [{ user: a, password: b, permissions: { publish: "other" } }] }';
    const deaf = await startNats({ settings });
    const { status, detail } = await examine(`nats://a:b@${deaf.host}`);
    await deaf.stop();
    expect(status).to.equal('failure');
    expect(detail).to.match(/Permissions Violation/i);
  });
});
