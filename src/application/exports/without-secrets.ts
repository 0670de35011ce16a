/** Fields that only serve to check a secret: they are of no use to their user, and of some to a thief of the file. */
const SECRETS = ['passwordHash', 'tokenHash', 'refreshTokenHash', 'spentTokenHash'];

/** Leaves out what only serves to check a secret. Most events have none of it, and are answered as they are. */
export const withoutSecrets = (data: object): object =>
  SECRETS.some((field) => Object.hasOwn(data, field))
    ? Object.fromEntries(Object.entries(data).filter(([field]) => !SECRETS.includes(field)))
    : data;
