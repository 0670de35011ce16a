import type { IncomingMessage } from 'node:http';

/** Answers the caller's address: that of the socket, or the one that our own proxies tell in `X-Forwarded-For`. */
export const addressOf = (request: IncomingMessage, trustedProxies: number): string => {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  const addresses = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim());
  const address = addresses.at(-trustedProxies);
  return address === undefined || address === '' || address.length > 64 ? direct : address;
};

/** Answers the bearer token of an `Authorization` header. */
export const bearerOf = (header: string): string | undefined => /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(header)?.[1];
