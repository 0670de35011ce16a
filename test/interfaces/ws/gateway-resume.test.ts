import { expect } from 'chai';
import { ResumeQueue } from '../../../src/interfaces/ws/resume-queue.js';
import type { MissedFrame } from '../../../src/interfaces/ws/missed.js';
import { textFrame } from '../../../src/interfaces/ws/text-frame.js';
import { eventually } from '../../support/eventually.js';
import { gatewayScenes, isOpen, type GatewayScene } from '../../support/gateway-scene.js';
import { group } from '../../support/group-facts.js';
import { ada, bob, messageNumber, positionOf } from '../../support/ids.js';

const PLENTY_MS = 60_000;

interface Asked {
  readonly answer: (frames: MissedFrame[]) => void;
  readonly isOver: () => boolean;
}

const content = (position: number) => ({ type: 'message.sent', position: String(position) });
const frame = (position: number): MissedFrame => ({ position: positionOf(position), content: content(position) });

describe('The gateway', () => {
  const open = gatewayScenes();

  /** Opens a gateway that runs one resume at a time, which goes on until the test answers it. */
  const scene = async (longestWaitMs = PLENTY_MS) => {
    const asked: Asked[] = [];
    const it = await open(() => ({
      resumes: new ResumeQueue({ atOnce: 1, longestWaitMs }),
      missed: (_viewer, _after, _upTo, { isOver, keep }) =>
        new Promise((answer) => asked.push({ answer: (frames) => answer(frames.map(keep)), isOver })),
    }));
    return { it, asked };
  };
  const resumed = async (it: GatewayScene, token: string) => {
    const socket = await it.dial();
    socket.send({ type: 'auth', token, resumeAfter: '3' });
    await socket.next('ready');
    return socket;
  };

  // Such a client took every frame for a repeat, until the log had come as far as it believed to be.
  it('tells a client whose position the log has not come to that it begins anew, and reads nothing for it', async () => {
    const asked: unknown[] = [];
    const scene = await open(() => ({ missed: async (...given) => (asked.push(given), []) }));
    const resume = async (resumeAfter: string) => {
      const socket = await scene.dial();
      socket.send({ type: 'auth', token: 'laptop', resumeAfter });
      return (await socket.next('ready'))['resumed'];
    };
    expect([await resume('8'), await resume('9223372036854775807')]).to.deep.equal([false, false]);
    expect(asked).to.deep.equal([]);
    expect(await resume('7')).to.equal(true);
  });

  it('notes the messages that it sends of what was missed, so that it is asked whether they have come', async () => {
    const noted: unknown[] = [];
    const message = { conversationId: group, messageId: messageNumber(1), seq: 1, senderId: bob };
    const scene = await open(() => ({
      arrivals: {
        answered: () => undefined,
        resent: (_connection, userId, sent) => noted.push([userId, sent]),
        resumed: () => noted.push('resumed'),
      },
      missed: async (_viewer, _after, _upTo, { keep }) => [
        keep({ position: positionOf(4), content: { ...content(4), message: { ...message, text: 'hi' } } }),
        keep({ position: positionOf(5), content: { ...content(5), type: 'message.edited', message } }),
      ],
    }));
    const socket = await resumed(scene, 'laptop');
    await socket.next('message.edited');
    expect(noted).to.deep.equal([[ada, message], 'resumed']);
  });

  describe('lets few resume at a time', () => {
    // Every socket that resumed queried the database at once: one account with 20 sockets, closed and opened again and
    // again, took all connections from everybody.
    it('and sends a socket that had to wait what it missed, then what came meanwhile', async () => {
      const { it, asked } = await scene();
      const [first, second] = [await resumed(it, 'bob'), await resumed(it, 'laptop')];
      it.hub.send(ada, textFrame(content(8)), positionOf(8));
      await isOpen(second);
      expect(asked).to.have.length(1);
      expect(second.frames.map(({ type }) => type)).to.deep.equal(['ready', 'pong']);
      asked[0]?.answer([frame(4)]);
      await first.next('message.sent');
      await eventually(
        async () => asked.length,
        (count) => count === 2,
      );
      asked[1]?.answer([frame(5), frame(7)]);
      await eventually(
        async () => second.frames.length,
        (count) => count === 5,
      );
      expect(second.frames.slice(2)).to.deep.equal([content(5), content(7), content(8)]);
      expect(first.frames.slice(1)).to.deep.equal([content(4)]);
    });

    it('and asks nothing for a socket that is closed while it waits', async () => {
      const { it, asked } = await scene();
      const first = await resumed(it, 'bob');
      const gone = await resumed(it, 'laptop');
      await gone.close();
      await eventually(
        async () => it.hub.of(ada).size,
        (count) => count === 0,
      );
      const last = await resumed(it, 'phone');
      asked[0]?.answer([]);
      await eventually(
        async () => asked.length,
        (count) => count === 2,
      );
      asked[1]?.answer([frame(5)]);
      await last.next('message.sent');
      await isOpen(first);
      expect(asked).to.have.length(2);
    });

    it('and says of one that is closed under way that it is over', async () => {
      const { it, asked } = await scene();
      const socket = await resumed(it, 'laptop');
      expect(asked[0]?.isOver()).to.equal(false);
      await socket.close();
      await eventually(
        async () => asked[0]?.isOver(),
        (isOver) => isOver === true,
      );
    });

    it('and asks a socket that has waited too long to come again', async () => {
      const { it, asked } = await scene(1);
      const first = await resumed(it, 'bob');
      const second = await it.dial();
      second.send({ type: 'auth', token: 'laptop', resumeAfter: '3' });
      expect(await second.closed).to.equal(1013);
      expect(it.notes.filter((note) => note.startsWith('socket failed'))).to.deep.equal([]);
      asked[0]?.answer([frame(4)]);
      await first.next('message.sent');
      expect([...it.hub.of(bob)]).to.have.length(1);
    });
  });
});
