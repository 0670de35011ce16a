const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const GROUP = /^[0-9a-f]{1,4}$/;
const GROUPS = 8;
const GROUPS_OF_A_NETWORK = 4;

/** Some proxies add the port to the address, and brackets around IPv6. */
const withoutPort = (address: string): string =>
  /^\[([^\]]+)\](:\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;

/** Writes an IPv4 address as the last two groups of an IPv6 address. */
const groupsOfIpv4 = (address: string): string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16));
};

const groupsOf = (part: string): string[] =>
  part === '' ? [] : part.split(':').flatMap((group) => (IPV4.test(group) ? groupsOfIpv4(group) : [group]));

/** Fills up to eight groups: `::` stands for as many zeros as are missing, at least one. */
const expanded = (front: string, back: string | undefined): string[] => {
  if (back === undefined) return groupsOf(front);
  const [first, last] = [groupsOf(front), groupsOf(back)];
  const missing = Math.max(1, GROUPS - first.length - last.length);
  return [...first, ...Array<string>(missing).fill('0'), ...last];
};

/** Answers the eight groups of an IPv6 address as numbers; undefined for any other text. */
const ipv6Groups = (address: string): number[] | undefined => {
  const [whole = ''] = address.toLowerCase().split('%'); // the zone names the interface, not the address
  const [front = '', back, ...more] = whole.split('::');
  if (more.length > 0) return undefined;
  const groups = expanded(front, back);
  const isWhole = groups.length === GROUPS && groups.every((group) => GROUP.test(group));
  return isWhole ? groups.map((group) => Number.parseInt(group, 16)) : undefined;
};

const isMappedIpv4 = (groups: readonly number[]): boolean =>
  groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);

const ipv4Of = ([, , , , , , high = 0, low = 0]: readonly number[]): string =>
  [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');

/**
 * Answers the network under which an address is counted: IPv6 by its first 64 bits, since everybody has at least so many to
 * choose from; IPv4 as it is, also where it comes as IPv6 (`::ffff:192.0.2.1`). Any other text is its own network.
 */
export const networkOf = (address: string): string => {
  const bare = withoutPort(address);
  const groups = ipv6Groups(bare);
  if (!groups) return bare;
  if (isMappedIpv4(groups)) return ipv4Of(groups);
  const network = groups.slice(0, GROUPS_OF_A_NETWORK).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
};
