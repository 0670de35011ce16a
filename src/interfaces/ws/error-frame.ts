import { detailOf, type FieldError, type ProblemCode } from '../refusals.js';
import { idOf, type RawFrame } from './protocol.js';

export interface FrameRefusal {
  readonly code: ProblemCode;
  readonly errors?: readonly FieldError[] | undefined;
  /** In how many milliseconds the frame may come again. */
  readonly retryAfterMs?: number | undefined;
}

/** What a frame that is refused is answered with. */
export const errorFrame = (frame: RawFrame, { code, errors, retryAfterMs }: FrameRefusal): object => ({
  type: 'error',
  ...idOf(frame),
  code,
  detail: detailOf(code),
  ...(errors && { errors }),
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
