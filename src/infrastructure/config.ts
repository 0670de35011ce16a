import { z } from 'zod';
import { isLoopback } from '../application/kernel/loopback.js';
import { isKeyName, NoteFault } from '../domain/audit/signed-note.js';
import { parseWitnesses } from './audit/witness-address.js';
import { NatsAddressError, parseNatsUrl } from './nats/nats-address.js';

const SECOND = 1;
const UNITS: Record<string, number> = { s: SECOND, m: 60, h: 3_600, d: 86_400 };

/** A duration in seconds, or with a unit: `90`, `90s`, `15m`, `24h`, `7d`. */
const duration = (fallback: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}[smhd]?$/, 'takes seconds or a duration such as 90s, 15m, 24h or 7d')
    .default(fallback)
    .transform((text) => {
      const unit = text.at(-1) ?? '';
      return Number.parseInt(text, 10) * (UNITS[unit] ?? SECOND);
    });

const MEBIBYTE = 1_048_576;
const GIBIBYTE = 1_024 * MEBIBYTE;
const MOST_BYTES = 999_999_999_999_999;

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'takes a whole number')
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= min && value <= max, `lies between ${min} and ${max}`);

const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      if (!URL.canParse(text)) return false;
      return protocols.includes(new URL(text).protocol.slice(0, -1));
    },
    `takes a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  );

/** The URL of a replica set names several hosts, which makes it no URL to others. */
const mongoUrl = z
  .string()
  .regex(/^mongodb(\+srv)?:\/\/[^\s/]+(\/\S*)?$/, 'takes a URL that begins with mongodb:// or mongodb+srv://')
  .optional();

/** The URL of a cluster names several hosts, which makes it no URL to others. */
const kurrentDbUrl = z
  .string()
  .regex(
    /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\/[^\s/?]+(\/?\?\S*|\/)?$/,
    'takes a URL that begins with kurrentdb:// or kurrentdb+discover://',
  )
  .optional();

/** Servers of a NATS cluster. */
const natsServers = z
  .string()
  .superRefine((text, context) => {
    try {
      parseNatsUrl(text);
    } catch (error) {
      if (!(error instanceof NatsAddressError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  })
  .optional();

const subject = (fallback: string) =>
  z
    .string()
    .max(100)
    .regex(/^[\w-]+(?:\.[\w-]+)*$/, 'takes words of letters, digits, - and _, parted by dots')
    .default(fallback);

const isOrigin = (text: string): boolean =>
  text === '*' ||
  (URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol) && new URL(text).origin === text);

/** Origins of web clients, parted by commas. */
const origins = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .refine((given) => given.every(isOrigin), 'takes origins such as https://chat.example.org, parted by commas, or *')
  .optional();

/** The name of the log, as its checkpoints bear it. */
const origin = z
  .string()
  .max(200)
  .refine(isKeyName, 'takes a name such as chat.example.org/log, without spaces and +')
  .optional();

/** Witnesses of the log, each by its key and its address. */
const witnesses = z
  .string()
  .transform((text, context) => {
    try {
      return parseWitnesses(text);
    } catch (error) {
      if (!(error instanceof NoteFault)) throw error;
      context.addIssue({
        code: 'custom',
        message: `takes name+id+key https://address, parted by commas: ${error.message}`,
      });
      return z.NEVER;
    }
  })
  .optional();

const MIN_SECRET_LENGTH = 32;
/** Random bytes as hex have some fourteen different characters in 32; `changeme` written four times has seven. */
const MIN_SECRET_CHARACTERS = 10;

const secret = z
  .string()
  .min(MIN_SECRET_LENGTH, { error: `needs at least ${MIN_SECRET_LENGTH} characters`, abort: true })
  .refine((text) => new Set(text).size >= MIN_SECRET_CHARACTERS, 'repeats itself: make it of random characters')
  .optional();

/** Every setting, as the environment names it. */
export const settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 3_000),
  ALLOW_REMOTE_DEVELOPMENT: z.enum(['true', 'false']).default('false'),
  PUBLIC_URL: url('http', 'https').optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  MONGODB_URL: mongoUrl,
  KURRENTDB_URL: kurrentDbUrl,
  NATS_URL: natsServers,
  NATS_CA_FILE: z.string().min(1).optional(),
  NATS_PREFIX: subject('chatapp'),
  SMTP_URL: url('smtp', 'smtps').optional(),
  MAIL_FROM: z.string().min(3).default('ChatApp <chatapp@localhost>'),
  JWT_SECRET: secret,
  JWT_SECRET_PREVIOUS: secret,
  JWT_SECRET_NEXT: secret,
  MASTER_KEY: secret,
  MASTER_KEY_PREVIOUS: secret,
  MASTER_KEY_NEXT: secret,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  BCRYPT_COST: wholeNumber(4, 16, 12),
  RATE_LIMIT_SCALE: wholeNumber(1, 1_000_000, 1),
  SOCKETS_PER_ADDRESS: wholeNumber(1, 1_000_000, 1_000),
  RESUME_MAX_FRAMES: wholeNumber(1, 50_000, 5_000),
  MEDIA_MAX_BYTES: wholeNumber(1, GIBIBYTE, 25 * MEBIBYTE),
  MEDIA_QUOTA_BYTES: wholeNumber(0, MOST_BYTES, GIBIBYTE),
  MEDIA_KEEP_UNATTACHED: duration('24h'),
  AUDIT_FOUR_EYES: z.enum(['true', 'false']).default('false'),
  AUDIT_ORIGIN: origin,
  AUDIT_CHECKPOINT_EVENTS: wholeNumber(1, 1_000_000, 1_000),
  AUDIT_CHECKPOINT_SECONDS: duration('60s'),
  RETENTION_CHECK_SECONDS: duration('60s'),
  AUDIT_WITNESSES: witnesses,
  AUDIT_CHECKPOINT_FILE: z.string().min(1).optional(),
  AUDIT_CHECKPOINT_URL: url('http', 'https').optional(),
  TRUST_PROXY: wholeNumber(0, 10, 0),
  CORS_ORIGIN: origins,
  ACCESS_TOKEN_TTL: duration('24h'),
  REFRESH_TOKEN_TTL: duration('7d'),
  VERIFY_TOKEN_TTL: duration('24h'),
  RESET_TOKEN_TTL: duration('1h'),
  HEARTBEAT_INTERVAL: duration('30s'),
  SHUTDOWN_TIMEOUT: duration('10s'),
  READY_MAX_LAG: duration('30s'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional(),
  OTEL_SERVICE_NAME: z.string().min(1).default('chatapp'),
});

type Settings = z.infer<typeof settings>;

/** The settings of a run. They are read once, and frozen. */
export type Config = Readonly<Settings>;

/** Answers how the outside sees this server. */
export const publicUrlOf = ({ PUBLIC_URL, HOST, PORT }: Config): string =>
  PUBLIC_URL ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`;

/** The environment has settings that cannot be used; the message lists every fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const MIN_BCRYPT_COST_IN_PRODUCTION = 10;

type Given = Readonly<Record<string, string | undefined>>;

/** A server in development makes its own secrets, and logs the links of its mails. */
const reachFaults = ({ HOST = '127.0.0.1', NODE_ENV, ALLOW_REMOTE_DEVELOPMENT }: Given): string[] => {
  if (isLoopback(HOST) || NODE_ENV === 'production' || ALLOW_REMOTE_DEVELOPMENT === 'true') return [];
  return [
    'HOST is beyond this machine: set NODE_ENV=production, ' +
      'or ALLOW_REMOTE_DEVELOPMENT=true to open a server in development to everybody who can reach it',
  ];
};

const productionFaults = (given: Given): string[] => {
  if (given['NODE_ENV'] !== 'production') return [];
  const faults = ['JWT_SECRET', 'MASTER_KEY', 'PUBLIC_URL']
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} must be set when NODE_ENV is production`);
  if (given['JWT_SECRET'] !== undefined && given['JWT_SECRET'] === given['MASTER_KEY'])
    faults.push('MASTER_KEY must differ from JWT_SECRET when NODE_ENV is production');
  if (Number(given['BCRYPT_COST']) < MIN_BCRYPT_COST_IN_PRODUCTION)
    faults.push(`BCRYPT_COST must be at least ${MIN_BCRYPT_COST_IN_PRODUCTION} when NODE_ENV is production`);
  return faults;
};

const natsFaults = ({ NATS_URL, NATS_CA_FILE }: Given): string[] =>
  NATS_CA_FILE !== undefined && NATS_URL?.startsWith('tls://') !== true
    ? ['NATS_CA_FILE is of use only with a NATS_URL that begins with tls://']
    : [];

/** Reads the environment. Raises `ConfigError` with every fault at once. An empty value counts as unset. */
export const loadConfig = (env: Given): Config => {
  const given = Object.fromEntries(
    Object.keys(settings.shape)
      .filter((name) => env[name] !== undefined && env[name] !== '')
      .map((name) => [name, env[name]]),
  );
  const parsed = settings.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = [
    ...issues.map(({ path, message }) => `${path.join('.')} ${message}`),
    ...productionFaults(given),
    ...reachFaults(given),
    ...natsFaults(given),
  ];
  if (!parsed.success || faults.length > 0)
    throw new ConfigError(
      `The configuration has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
  return Object.freeze(parsed.data);
};
