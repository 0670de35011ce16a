import { randomUUID } from 'node:crypto';

/** The setting by which a session says whose it is: an owner who listens is not notified of what its own sessions do. */
export const OWNER_SETTING = 'chatapp.owner';

const owners = new WeakMap<object, string>();

/** Names the owner of all connections that are made by one configuration. */
export const ownerOf = (config: object): string => {
  const owner = owners.get(config) ?? randomUUID();
  owners.set(config, owner);
  return owner;
};
