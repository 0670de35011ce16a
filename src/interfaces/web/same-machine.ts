import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../application/kernel/loopback.js';

/** Answers the name or address in a Host header, without the port and the brackets of IPv6. */
const HOST = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i;

/** The headers by which a proxy names its client. One of them is enough: another machine may be behind the proxy. */
const FORWARDING =
  /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.+|x-envoy-.+|true-client-ip|fastly-client-ip|cf-.+|cdn-loop)$/;

const hostOf = ({ host = '' }: IncomingMessage['headers']): string => {
  const [, ipv6, name] = HOST.exec(host) ?? [];
  return ipv6 ?? name ?? '';
};

/** The parts of a request that show where it comes from. */
export type Asked = Pick<IncomingMessage, 'headers' | 'httpVersion'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * Says whether a request was made on this machine, for this machine: by its address, by the name in its Host header (a
 * page elsewhere may have a name of its own that leads here), and without a proxy between. Proxies that add no header
 * mostly still speak HTTP/1.0, nginx among them.
 */
export const isFromSameMachine = ({ headers, httpVersion, socket }: Asked): boolean => {
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    isLoopback(hostOf(headers)) &&
    httpVersion !== '1.0' &&
    !Object.keys(headers).some((header) => FORWARDING.test(header))
  );
};
