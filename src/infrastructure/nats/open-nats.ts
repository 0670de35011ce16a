import { readFile } from 'node:fs/promises';
import { connect as connectSocket, isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { NatsConnection, TlsOptions } from '@nats-io/transport-node';
import type { NatsAddress } from './nats-address.js';

const CONNECT_WITHIN_MS = 5_000;

/** No server of a NATS cluster can be used. The message has the reason of each. */
export class NatsUnreachableError extends Error {
  override readonly name = 'NatsUnreachableError';
}

export interface NatsOptions extends NatsAddress {
  /** A file with the certificates of those who sign the servers'; undefined: those whom Node trusts. */
  readonly caFile: string | undefined;
}

const hostOf = (server: string): string => new URL(server).hostname.replace(/^\[|\]$/g, '');

/** Says why a greeting is not that of a server that can be used; undefined when it is. */
const faultOf = (text: string, isSecure: boolean): string | undefined => {
  if (!text.startsWith('INFO ')) return 'is no NATS server';
  return !isSecure && text.includes('"tls_required":true') ? 'asks for TLS: write tls:// in its URL' : undefined;
};

/** Says why a server does not greet as it should; undefined when it does. */
const silenceOf = (server: string, isSecure: boolean): Promise<string | undefined> =>
  new Promise((resolve) => {
    const { host, port } = new URL(server);
    const socket = connectSocket({ host: hostOf(server), port: Number(port) });
    const end = (reason?: string) => {
      socket.destroy();
      resolve(reason && `${host} ${reason}`);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, () => end('does not answer'));
    socket.once('data', (greeting) => end(faultOf(greeting.toString('latin1'), isSecure)));
    socket.once('end', () => end('hangs up'));
    socket.once('error', ({ code, message }: NodeJS.ErrnoException) => end(`cannot be reached: ${code ?? message}`));
  });

/**
 * Lists the servers that greet. The client leaves its socket to a server open that does not greet in time, and takes the
 * next one for each attempt.
 */
const greeting = async ({ servers, isSecure }: NatsAddress): Promise<string[]> => {
  const silences = await Promise.all(servers.map((server) => silenceOf(server, isSecure)));
  const found = servers.filter((_, index) => silences[index] === undefined);
  if (found.length === 0) throw new NatsUnreachableError(silences.join(', '));
  return found;
};

/**
 * The client compares the certificate of a server whose address is an IP with the name `localhost`. It must be one of the
 * addresses that were asked for.
 */
const identityCheck = (servers: readonly string[]) => {
  const addresses = servers.map(hostOf).filter((host) => isIP(host) > 0);
  return (name: string, certificate: PeerCertificate): Error | undefined => {
    const isNamed = servers.some((server) => hostOf(server) === name);
    const errors = (isNamed ? [name] : addresses).map((each) => checkServerIdentity(each, certificate));
    return errors.length === 0 || errors.includes(undefined) ? undefined : errors[0];
  };
};

const tlsOf = async ({ isSecure, caFile, servers }: NatsOptions): Promise<TlsOptions | null> => {
  if (!isSecure) return null;
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') };
  // The client passes on to `tls.connect` whatever it is given.
  const options: TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'> = {
    ...ca,
    checkServerIdentity: identityCheck(servers),
  };
  return options;
};

/**
 * Connects to one of the servers. A connection that is lost is over: it keeps nothing to be sent later. Raises
 * `NatsUnreachableError`, or what the client raises where a server refuses.
 */
export const openNats = async (options: NatsOptions): Promise<NatsConnection> => {
  const [servers, tls] = await Promise.all([greeting(options), tlsOf(options)]);
  const { connect } = await import('./nats-client.js');
  return connect({
    servers,
    ...options.credentials,
    tls,
    name: 'chatapp',
    timeout: CONNECT_WITHIN_MS,
    reconnect: false,
    ignoreClusterUpdates: true,
    noEcho: true,
    noAsyncTraces: true,
  });
};
