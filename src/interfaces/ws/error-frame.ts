import { detailOf, type FieldError, type ProblemCode } from '../refusals.js';
import { idOf, type RawFrame } from './protocol.js';

export interface FrameRefusal {
  readonly code: ProblemCode;
  readonly errors?: readonly FieldError[] | undefined;
  /** The milliseconds after which the frame may come again. */
  readonly retryAfterMs?: number | undefined;
}

/** Makes the answer to a frame that is refused. */
export const errorFrame = (frame: RawFrame, { code, errors, retryAfterMs }: FrameRefusal): object => ({
  type: 'error',
  ...idOf(frame),
  code,
  detail: detailOf(code),
  ...(errors && { errors }),
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
