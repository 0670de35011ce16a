import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { history, PASSWORD, send, setScene, type Scene } from '../support/signed-up.js';
import { describeBadAuditPages } from './bad-input/audit-pages.js';
import { describeBadBodies } from './bad-input/bodies.js';
import { call } from '../support/call.js';
import { describeBadExports } from './bad-input/exports.js';
import { describeFloods, UNAUTHENTICATED } from './bad-input/floods.js';
import { describeFreeTexts } from './bad-input/free-texts.js';
import { describeBadMedia } from './bad-input/media.js';
import { describeOperators } from './bad-input/operators.js';
import { describeBadFrames } from './bad-input/sockets.js';
import { closeRaw } from '../support/raw-connection.js';
import { closeSockets } from '../support/socket.js';
import { describeStrangers } from './bad-input/strangers.js';
import { describeBadTokens } from './bad-input/tokens.js';
import { describeUploads } from './bad-input/uploads.js';

const START_TIMEOUT_MS = 90_000;

/** Checks after an attack that the same process runs and is healthy. */
const livesOn = async (app: RunningApp): Promise<void> => {
  closeRaw();
  closeSockets();
  process.kill(app.pid, 0);
  expect((await call(app, 'GET', '/healthz')).status).to.equal(200);
  expect((await call(app, 'GET', '/readyz')).status).to.equal(200);
};

describe('bad input', () => {
  let app: RunningApp;
  let scene: Scene;
  let keepsake: { messageId: string; conversationId: string };

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    // A socket that does not read is not dropped by the heartbeat, so that it does not matter how long a machine takes
    // to fill the buffers.
    const patience = { HEARTBEAT_INTERVAL: '1h' };
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000', LOG_LEVEL: 'trace', ...patience } });
    scene = await setScene(app);
    keepsake = await send(app, scene.ada, { recipientId: scene.eve.userId, text: 'to be found at the end' });
  });
  afterEach(() => livesOn(app));
  after(() => app.stop());

  describeBadBodies(
    () => app,
    () => scene,
  );
  describeOperators(
    () => app,
    () => scene,
  );
  describeFreeTexts(
    () => app,
    () => scene,
  );
  describeBadTokens(
    () => app,
    () => scene,
  );
  describeStrangers(
    () => app,
    () => scene,
  );
  describeUploads(
    () => app,
    () => scene,
  );
  describeBadMedia(
    () => app,
    () => scene,
  );
  describeBadFrames(
    () => app,
    () => scene,
  );
  describeBadExports(
    () => app,
    () => scene,
  );
  describeBadAuditPages(
    () => app,
    () => scene,
  );

  describe('after all that', () => {
    it('nothing is lost', async () => {
      const { conversationId, messageId } = keepsake;
      const { position } = await send(app, scene.ada, { conversationId, text: 'and this' });
      const found = await history(app, scene.eve, conversationId, position);
      expect(found.map((message) => message.messageId)).to.include(messageId);
      expect(found.map(({ text }) => text)).to.include.members(['to be found at the end', 'and this']);
    });

    it('the log holds no secret, no text and no error of ours', () => {
      const { accessToken, refreshToken } = scene.ada;
      const secrets = [app.jwtSecret, app.masterKey, PASSWORD, accessToken, refreshToken, 'to be found at the end'];
      for (const secret of secrets) expect(app.output()).not.to.include(secret);
      expect(
        app
          .output()
          .split('\n')
          .filter((line) => /"level":(50|60)/.test(line)),
      ).to.deep.equal([]);
    });
  });
});

describe('bad input at the usual limits', () => {
  let app: RunningApp;

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1', SOCKETS_PER_ADDRESS: String(5 * UNAUTHENTICATED) } });
  });
  afterEach(() => livesOn(app));
  after(() => app.stop());

  describeFloods(() => app);
});
