import { z } from 'zod';
import { instant, position } from './fields.js';

const size = z
  .int()
  .min(0)
  .meta({ examples: [1000] });
const hash = z.string().meta({ examples: ['uZ3cDV0eF3wTT1JV4mVVXRfyQLnYPKxq0eLW7u4yLQA='] });

const origin = z.string().meta({ examples: ['chat.example.org/0f1e2d3c4b5a6978'] });

const keys = z.array(
  z.strictObject({
    verifierKey: z
      .string()
      .meta({
        examples: ['chat.example.org/log+2f3c1a0b+AaE1zTPwqNc6tYqEF4mZ3Kx0mVv0N2yS4rj1cQ1w8dWw'],
        description: 'The public key as tools for signed notes take it.',
      }),
    fromSize: size,
    untilSize: size.nullable(),
    madeAt: instant,
  }),
);

export const logKeys = z.strictObject({
  origin,
  keys,
  former: z
    .array(z.strictObject({ origin, keys }))
    .meta({ description: 'The logs that this one is a copy of, the last one first.' }),
});

export const formerProofs = z.strictObject({
  proofs: z.array(
    z.strictObject({
      origin,
      position,
      leaf: z.string().meta({ examples: ['Y2hhdGFwcC1ldmVudC92MQo='], description: 'In base64.' }),
      proof: z.string().meta({ examples: ['c2sp.org/tlog-proof@v1\nindex 0\n\n'], description: 'A C2SP tlog-proof.' }),
    }),
  ),
});

export const growthProof = z.strictObject({ from: size, to: size, proof: z.array(hash) });
