import { asyncApi, framesOf } from '../../support/published-frames.js';
import type { Scene } from '../../support/signed-up.js';

/** A frame of which one field has a form. */
export interface FormedField {
  readonly type: string;
  readonly field: string;
  /** Answers the frame with this value in the field. */
  readonly with: (value: unknown, scene: Scene) => object;
}

/** The fields that take any text, or nearly any, by their frames; tests of their own try what is wrong with them. */
const FREE: ReadonlySet<string> = new Set(['auth token', 'send text', 'edit text', 'edit idempotencyKey']);

const real = ({ bob, directId, messageId }: Scene): Readonly<Record<string, unknown>> => ({
  conversationId: directId,
  messageId,
  recipientId: bob.userId,
  userIds: [bob.userId],
});

/** Every field of every frame that clients send, but for its type, its id, and those that take any text. */
export const formedFields: readonly FormedField[] = [...framesOf(asyncApi, 'client').values()].flatMap(
  ({ name: type, payload, examples }) =>
    Object.keys(payload.properties ?? {})
      .filter((field) => !['type', 'id'].includes(field) && !FREE.has(`${type} ${field}`))
      .map((field) => ({
        type,
        field,
        with: (value: unknown, scene: Scene) => {
          const example = examples[0]?.payload ?? {};
          const filled = Object.entries(example).map(([name, given]) => [name, real(scene)[name] ?? given] as const);
          return { ...Object.fromEntries(filled), [field]: value };
        },
      })),
);

/** The frames without a field that has a form: they take nothing but a type, or an id. */
export const FIELDLESS = ['ping'];
