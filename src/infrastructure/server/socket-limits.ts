import { randomUUID } from 'node:crypto';
import type { VerifyClientCallbackAsync } from 'ws';
import { problemOf } from '../../interfaces/http/problem.js';
import type { Gateway } from '../../interfaces/ws/gateway.js';
import type { SocketLimits } from '../../interfaces/ws/open-sockets.js';
import type { Config } from '../config.js';

const SOCKETS_PER_USER = 20;
/** One in so many sockets of an address may be without a log-in. */
const SOCKETS_OF_A_LOGIN = 5;

/** Answers how many sockets an address, and a user, may have on this server. */
export const socketLimits = ({ SOCKETS_PER_ADDRESS, RATE_LIMIT_SCALE }: Config): SocketLimits => {
  const perAddress = SOCKETS_PER_ADDRESS * RATE_LIMIT_SCALE;
  return {
    perUser: SOCKETS_PER_USER,
    perAddress,
    unauthenticatedPerAddress: Math.ceil(perAddress / SOCKETS_OF_A_LOGIN),
  };
};

/** Refuses the upgrade of an address that has too many sockets: it costs less than a socket that is closed. */
export const refuseCrowds =
  (gateway: Gateway): VerifyClientCallbackAsync =>
  ({ req }, answer) => {
    if (gateway.hasRoomFor(req)) answer(true);
    else {
      const body = JSON.stringify(problemOf('too_many_requests', randomUUID()));
      answer(false, 429, body, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' });
    }
  };
