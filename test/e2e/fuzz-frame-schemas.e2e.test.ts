import { expect } from 'chai';
import fc from 'fast-check';
import { closeCodes } from '../../src/interfaces/ws/close-codes.js';
import { startApp, type RunningApp } from '../support/app.js';
import { draws } from '../support/draws.js';
import { checkOf } from '../support/json-schema.js';
import { asyncApi, framesOf, type PublishedFrame } from '../support/published-frames.js';
import { forbiddenBy, valuesOf } from '../support/schema-values.js';
import { setScene, type Scene } from '../support/signed-up.js';
import { closeSockets, connect, type Socket } from '../support/socket.js';

const FRAMES = draws(25);

/** `FUZZ_SEED` draws other frames. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_127);

type DrawnFrame = Readonly<Record<string, unknown>> & { readonly type: string };

const clientFrames = [...framesOf(asyncApi, 'client').values()];

const allowed = ({ payload }: PublishedFrame): DrawnFrame[] =>
  fc.sample(valuesOf(payload) as fc.Arbitrary<DrawnFrame>, { numRuns: FRAMES, seed });

/** Draws forbidden frames of this type: one without a type is no frame at all, and closes the socket. */
const forbidden = ({ name: type, payload }: PublishedFrame): DrawnFrame[] => {
  const isAllowed = checkOf(payload);
  const frames = forbiddenBy(payload, false)
    .map((frame): DrawnFrame => ({ ...(frame as object), type }))
    .filter((frame) => !isAllowed(JSON.parse(JSON.stringify(frame))));
  return fc.sample(frames, { numRuns: FRAMES, seed });
};

// Frames were drawn from the published schemas, and shown to the schemas alone: nothing said that a server takes them so.
describe(`frames that are drawn from the published document, on a socket (FUZZ_SEED=${seed})`, () => {
  let app: RunningApp;
  let scene: Scene;
  const sent = { allowed: 0, forbidden: 0 };

  before(async function () {
    this.timeout(180_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    scene = await setScene(app);
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const takenIn = async (): Promise<Socket> => {
    const socket = await connect(app, scene.ada.accessToken);
    await socket.next('ready');
    return socket;
  };

  /** Sends a frame, and waits for what the server says of it at once. */
  const put = async (socket: Socket, frame: DrawnFrame): Promise<void> => {
    socket.send(frame);
    socket.send({ type: 'ping' });
    await socket.next('pong');
  };

  const invalid = ({ frames }: Socket): number =>
    frames.filter(({ type, code }) => type === 'error' && code === 'invalid_request').length;

  const late = async (socket: Socket, frame: DrawnFrame): Promise<number> => {
    await put(socket, frame);
    return invalid(socket);
  };

  /** Tries to log in by a frame: a socket that has logged in takes no position. It is closed for its token. */
  const early = async (frame: DrawnFrame): Promise<number> => {
    const socket = await connect(app);
    socket.send(frame);
    expect(await socket.closed).to.equal(closeCodes.unauthenticated);
    return invalid(socket);
  };

  for (const frame of clientFrames) {
    const { name } = frame;

    it(`are never refused as invalid where it allows them: ${name}`, async () => {
      const socket = await takenIn();
      for (const drawn of allowed(frame)) {
        sent.allowed += 1;
        const invalidFrames = await (name === 'auth' ? early(drawn) : late(socket, drawn));
        expect(invalidFrames, JSON.stringify(drawn)).to.equal(0);
      }
    });

    it(`are refused where it forbids them, and the socket stays open: ${name}`, async () => {
      const socket = await takenIn();
      for (const [index, drawn] of forbidden(frame).entries()) {
        sent.forbidden += 1;
        socket.send(drawn);
        expect(await socket.next('error'), JSON.stringify(drawn)).to.include({ code: 'invalid_request' });
        expect(invalid(socket)).to.equal(index + 1);
        await put(socket, { type: 'ping' });
      }
    });
  }

  it('were as many as they should be, and have left a server without a complaint', () => {
    const all = FRAMES * clientFrames.length;
    expect(clientFrames.length).to.be.at.least(11);
    expect(sent).to.deep.equal({ allowed: all, forbidden: all });
    const complaints = app.output().split('\n');
    expect(complaints.filter((line) => /"level":(50|60)/.test(line))).to.deep.equal([]);
  });
});
