/** The servers of a NATS cluster, and how to log in to them. */
export interface NatsAddress {
  /** URLs without credentials. */
  readonly servers: readonly string[];
  readonly isSecure: boolean;
  readonly credentials: NatsCredentials;
}

/** What is in front of the host of a URL: a token, a user with a password, or nothing. */
type NatsCredentials = { readonly token?: string } | { readonly user: string; readonly pass: string };

/** A setting does not name NATS servers. The message is the end of a sentence that begins with the setting's name. */
export class NatsAddressError extends Error {
  override readonly name = 'NatsAddressError';
}

const PROTOCOLS = ['nats:', 'tls:'];
const DEFAULT_PORT = '4222';

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new NatsAddressError('has credentials that cannot be decoded: write % as %25');
  }
};

const credentialsOf = ({ username, password }: URL): NatsCredentials => {
  if (username === '' && password === '') return {};
  if (password === '') return { token: decoded(username) };
  return { user: decoded(username), pass: decoded(password) };
};

const parseServer = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !PROTOCOLS.includes(url.protocol) || url.hostname === '')
    throw new NatsAddressError('takes URLs that begin with nats:// or tls://, parted by commas');
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw new NatsAddressError('takes URLs of servers alone: nothing follows the port');
  return url;
};

const single = <Value>(values: readonly Value[], fault: string): Value => {
  const [first] = values;
  if (new Set(values.map((value) => JSON.stringify(value))).size !== 1) throw new NatsAddressError(fault);
  return first as Value;
};

/** Reads one or several URLs, parted by commas. Raises `NatsAddressError`, which does not repeat what is secret. */
export const parseNatsUrl = (text: string): NatsAddress => {
  const urls = text.split(',').map((each) => parseServer(each.trim()));
  const given = urls.map(credentialsOf).filter((each) => Object.keys(each).length > 0);
  return {
    servers: urls.map(({ protocol, hostname, port }) => `${protocol}//${hostname}:${port || DEFAULT_PORT}`),
    isSecure: single(
      urls.map(({ protocol }) => protocol === 'tls:'),
      'takes either nats:// or tls:// for all servers',
    ),
    credentials: given.length === 0 ? {} : single(given, 'takes the same credentials for all servers'),
  };
};
