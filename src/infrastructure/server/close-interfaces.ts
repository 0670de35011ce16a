import type { OpenConnections } from '../../interfaces/http/open-connections.js';
import type { Gateway } from '../../interfaces/ws/gateway.js';

/** The share of the time that requests and commands under way may take: the rest is for the connections to end. */
const SHARE_OF_ANSWERS = 0.9;

/** Accepts no more connections, lets requests and commands under way finish, and says goodbye to the sockets. */
export const closeInterfaces = async (
  connections: OpenConnections,
  gateway: Pick<Gateway, 'stop'>,
  withinMs: number,
): Promise<void> => {
  const answersMs = withinMs * SHARE_OF_ANSWERS;
  const outcomes = await Promise.allSettled([connections.drain(answersMs), gateway.stop(answersMs)]);
  connections.destroy();
  const [requests, sockets] = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  if (requests || sockets)
    throw new Error(`cut off: ${requests} requests, and ${sockets} sockets with commands under way`);
};
