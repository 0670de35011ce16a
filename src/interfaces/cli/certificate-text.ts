import { witnessLines } from './bundle-text.js';
import { counted } from './output.js';
import type { CertificateVerified } from './tool.js';

const doneBy = ({ erasedBy, userId }: CertificateVerified): string => {
  if (erasedBy === null) return 'the command-line tool';
  return erasedBy === userId ? 'themself' : `user ${erasedBy}`;
};

const growthOf = ({ grownFrom, size }: CertificateVerified): string =>
  grownFrom === null
    ? 'no head was signed before the erasure: that the log only grew by it is not proven'
    : `the log of ${counted(grownFrom, 'event')} that was signed before grew into the one of ${size}: nothing was changed by it`;

/** Says what the certificate of an erasure proves. */
export const certificateText = (verified: CertificateVerified): string =>
  [
    `verified: user ${verified.userId} was erased on ${verified.erasedAt} by ${doneBy(verified)}`,
    `event ${verified.position} in the log ${verified.origin} of ${counted(verified.size, 'event')} says so`,
    growthOf(verified),
    `the log states that these keys were destroyed on ${verified.destroyedAt}: ${verified.keyIds.join(', ') || 'unnamed ones'}`,
    ...(verified.purgedAt === null ? [] : [`and that no page of its database holds them since ${verified.purgedAt}`]),
    ...witnessLines(verified),
  ].join('\n');
