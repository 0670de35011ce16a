const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i;

/** Says whether a host name or address means this machine, so that no other can reach it. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Says whether a server that listens on this host can be reached from this machine by a loopback address. */
export const includesLoopback = (host: string): boolean => isLoopback(host) || host === '0.0.0.0' || host === '::';
