import { hostname } from 'node:os';
import { z } from 'zod';
import type { RedisConfig } from './cache/redis.ts';
import type { DeviceProfile, ModelCost, ServedModel } from './device/profile.ts';
import { systems } from './systems/index.ts';
import type { System } from './systems/system.ts';

/** Everything that was wrong with flags and environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface Config {
  system: System;
  models: readonly ServedModel[];
  device: DeviceProfile;
  deployment: string;
  host: string;
  port: number;
  metricsPort: number;
  admin?: { host: string; port: number; token: string };
  redis?: RedisConfig;
  seed: number;
  replica: string;
  /** How long the listener stays open after the first signal, so that probes see the replica go before it does. */
  drainMs: number;
  /** How long a request may take to arrive, body included, before it is answered with 408. */
  requestTimeoutMs: number;
  logLevel: LogLevel;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof logLevels)[number];

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'a whole number is needed')
    .transform(Number)
    .refine((value) => value <= most, `at most ${most} is allowed`);
const port = whole(65_535);
const label = z
  .string()
  .regex(/^[\w.:@/-]{1,128}$/, '1 to 128 letters, digits or . _ : @ / - are needed');
const flag = z
  .enum(['true', 'false'], 'true or false is needed')
  .transform((text) => text === 'true');
const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'a number of at least 0 is needed')
  .transform(Number);
const count = whole(1_000_000).refine((value) => value >= 1, 'at least 1 is needed');

const flagsSchema = z.object({
  system: z.enum(systems.map(({ id }) => id)).default('mlops-aks'),
  host: z.string().min(1).default('127.0.0.1'),
  port: port.optional(),
  metricsPort: port.optional(),
  adminPort: port.optional(),
  adminHost: z.string().min(1).default('127.0.0.1'),
  seed: whole(Number.MAX_SAFE_INTEGER).default(1),
  replica: label.default(hostname()),
  drainMs: whole(3_600_000).default(0),
  requestTimeoutMs: whole(3_600_000)
    .refine((value) => value >= 1, 'at least 1 is needed')
    .default(30_000),
  batcher: z.boolean().default(false),
});

/** Flags as the command line gives them, all text; absent ones fall back to the system's own. */
export type Flags = z.input<typeof flagsSchema> & { device?: string };

const environmentSchema = z.object({
  PORT: port.optional(),
  MODEL_NAME: label.optional(),
  MODEL_VERSION: label.optional(),
  DEPLOYMENT_NAME: label.optional(),
  REDIS_HOST: z.string().min(1).optional(),
  REDIS_PORT: port.default(6380),
  REDIS_PASSWORD: z.string().optional(),
  REDIS_TLS: flag.default(true),
  ADMIN_TOKEN: z.string().min(8, 'at least 8 characters are needed').optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/** What `--device` may change, on the device and on every model. */
const deviceSchema = z.strictObject({
  memoryMiB: count.optional(),
  loadFixedMs: number.optional(),
  loadMiBPerSecond: count.optional(),
  fixedMs: number.optional(),
  perRowMs: number.optional(),
  jitter: number.optional(),
  maxBatch: count.optional(),
  maxWaitMs: number.optional(),
  queueLimit: count.optional(),
});

/** Names that `--device` knows. */
export const deviceKeys = Object.keys(deviceSchema.shape);

const flagName = (key: PropertyKey) =>
  `--${String(key).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Reads flags and environment into a configuration.
 * @throws ConfigError naming every problem at once, never a secret's value.
 */
export function readConfig(flags: Flags, environment: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const { device: deviceText, ...plainFlags } = flags;
  const given = parse(flagsSchema, plainFlags, flagName, problems);
  // An empty variable is an unset one, as manifests leave optional keys empty.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const env = parse(environmentSchema, set, String, problems);
  const device = parse(
    deviceSchema,
    readPairs(deviceText),
    (key) => `--device ${String(key)}`,
    problems,
  );

  const system = systems.find(({ id }) => id === (flags.system ?? 'mlops-aks'));
  if (flags.adminPort !== undefined && set['ADMIN_TOKEN'] === undefined)
    problems.push('ADMIN_TOKEN: --admin-port needs a token in the environment');
  const port = given?.port ?? env?.PORT ?? system?.listeners.serving;
  const metricsPort = given?.metricsPort ?? system?.listeners.metrics;
  if (given && env) problems.push(...portsAskedForTwice([port, metricsPort, given.adminPort]));
  if (flags.batcher === true && system !== undefined && system.batcher === undefined)
    problems.push(`--batcher: system ${system.id} documents no batcher of its own to switch on`);
  if (set['MODEL_NAME'] !== undefined && system !== undefined && system.models.length > 1)
    problems.push(`MODEL_NAME: system ${system.id} serves several models under documented names`);
  if (
    !given ||
    !env ||
    !device ||
    !system ||
    port === undefined ||
    metricsPort === undefined ||
    problems.length > 0
  )
    throw new ConfigError(problems);

  const { ADMIN_TOKEN: token, REDIS_HOST: redisHost } = env;
  return {
    system,
    models: system.models.map((model) => ({
      name: env.MODEL_NAME ?? model.name,
      version: env.MODEL_VERSION ?? model.version,
      cost: withKnown<ModelCost>(
        { ...model.cost, ...(given.batcher ? system.batcher : {}) },
        device,
      ),
    })),
    device: withKnown(system.device, device),
    deployment: env.DEPLOYMENT_NAME ?? system.deployment,
    host: given.host,
    port,
    metricsPort,
    ...(given.adminPort !== undefined && token !== undefined
      ? { admin: { host: given.adminHost, port: given.adminPort, token } }
      : {}),
    ...(redisHost !== undefined && system.cache
      ? {
          redis: {
            host: redisHost,
            port: env.REDIS_PORT,
            password: env.REDIS_PASSWORD,
            tls: env.REDIS_TLS,
          },
        }
      : {}),
    seed: given.seed,
    replica: given.replica,
    drainMs: given.drainMs,
    requestTimeoutMs: given.requestTimeoutMs,
    logLevel: env.LOG_LEVEL,
  };
}

function parse<T>(
  schema: z.ZodType<T>,
  input: unknown,
  nameOf: (key: PropertyKey) => string,
  problems: string[],
): T | undefined {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        problems.push(`${nameOf(key)}: unknown; there are ${deviceKeys.join(', ')}`);
    } else {
      problems.push(`${nameOf(issue.path[0] ?? '')}: ${issue.message}`);
    }
  }
  return undefined;
}

function portsAskedForTwice(ports: readonly (number | undefined)[]): string[] {
  const fixed = ports.filter((port) => port !== undefined && port !== 0);
  return fixed
    .filter((port, index) => fixed.indexOf(port) < index)
    .map((port) => `ports: ${port} is asked for twice; serving, metrics and admin need one each`);
}

/** `a=1,b=2` as an object. */
function readPairs(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', ...rest] = pair.split('=');
      return [key.trim(), rest.join('=').trim()];
    }),
  );
}

/** `base` with those of `changes` that it has a field for. */
function withKnown<T extends object>(base: T, changes: object): T {
  const known = Object.entries(changes).filter(
    ([key, value]) => key in base && value !== undefined,
  );
  return { ...base, ...Object.fromEntries(known) };
}
