/** Fields that only serve to check a secret: they are of no use to their user, and of some to a thief of the file. */
const SECRETS = new Set(['passwordHash', 'tokenHash', 'refreshTokenHash', 'spentTokenHash']);

/** Leaves out what only serves to check a secret. */
export const withoutSecrets = (data: object): object =>
  Object.fromEntries(Object.entries(data).filter(([field]) => !SECRETS.has(field)));
