import { expect } from 'chai';
import { messageReceipts } from '../../src/interfaces/ws/frames/receipt-frames.js';
import { pushedFrames } from '../../src/interfaces/ws/frames/pushed-frames.js';
import { resync } from '../../src/interfaces/ws/frames/resync-frame.js';
import { typingFrame } from '../../src/interfaces/ws/frames/typing-frame.js';

const frames = [typingFrame, messageReceipts, resync, ...Object.values(pushedFrames).filter((frame) => frame !== null)];

/** Expects a frame to hold what its schema says: all of it, and nothing else. */
export const expectDocumented = ({ type, ...content }: { readonly type: string }): void => {
  const frame = frames.find((each) => each.type === type);
  expect(frame?.schema.parse(content), type).to.deep.equal(content);
};
