import { z } from 'zod';
import type { RequestEvents } from '../../../domain/requests/events.js';
import { schemasOf } from './event-schemas.js';
import { hash, instant, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const number = z.number().refine((value) => !Object.is(value, -0), 'is -0, which JSON has no form for');

/** What JSON can hold as it is: no undefined, no date, no text without a form in UTF-8. */
const json: z.ZodType = z.lazy(() =>
  z.union([text, number, z.boolean(), z.null(), z.array(json), z.record(text, json)]),
);

export const requestSchemas = schemasOf<RequestEvents>()({
  RequestAccepted: z.strictObject({
    userId: userId.nullable(),
    fingerprint: hash.nullable(),
    answer: z.record(text, json),
    acceptedAt: instant,
  }),
});

export const requestPersonal = personalIn<RequestEvents>({
  RequestAccepted: { of: 'userId', boundSince: 2, fields: ['fingerprint'] },
});
