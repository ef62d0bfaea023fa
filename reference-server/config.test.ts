import { describe, expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { ConfigError } from './config.ts';

function problemsOf(args: string[], environment: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    readCommandLine(args, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('configuration', () => {
  test('without any, the documented system on its documented port, no cache, no admin listener', () => {
    const config = readCommandLine([], {});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 5001,
      metricsPort: 9090,
      deployment: 'production',
      drainMs: 0,
      requestTimeoutMs: 30_000,
    });
    expect(config.models.map(({ name, version }) => [name, version])).toEqual([
      ['diabetes-classifier', 'v1.2.3'],
    ]);
    expect(config.redis).toBeUndefined();
    expect(config.admin).toBeUndefined();
  });

  test("the documents' environment variables", () => {
    const config = readCommandLine([], {
      MODEL_NAME: 'risk',
      MODEL_VERSION: 'v2',
      DEPLOYMENT_NAME: 'blue',
      REDIS_HOST: 'cache.example',
      REDIS_PASSWORD: 'hush',
      LOG_LEVEL: '',
    });
    expect(config.models[0]).toMatchObject({ name: 'risk', version: 'v2' });
    expect(config).toMatchObject({
      deployment: 'blue',
      redis: { host: 'cache.example', port: 6380, password: 'hush', tls: true },
      logLevel: 'info',
    });
  });

  test('device overrides reach the device and every model; the batcher is the documented one', () => {
    const config = readCommandLine(
      ['--system', 'kserve-mlops', '--batcher', '--device', 'fixedMs=1,memoryMiB=8192'],
      {},
    );
    expect(config.device.memoryMiB).toBe(8192);
    expect(config.models.map(({ cost }) => [cost.fixedMs, cost.maxBatch, cost.maxWaitMs])).toEqual([
      [1, 32, 100],
      [1, 32, 100],
      [1, 32, 100],
    ]);
  });

  test('every problem is named at once', () => {
    const args = [
      '--system',
      'nope',
      '--port',
      'x',
      '--metrics-port',
      '70000',
      '--request-timeout-ms',
      '0',
      '--admin-port',
      '1',
      '--frob',
      '--device',
      'fixedMs=a,zz=1',
    ];
    const problems = problemsOf([...args, 'stray'], {
      REDIS_PORT: '-1',
      REDIS_TLS: 'yes',
      LOG_LEVEL: 'loud',
    });
    for (const name of [
      '--frob',
      'stray',
      '--system',
      '--port',
      '--metrics-port',
      '--request-timeout-ms',
      '--device fixedMs',
      '--device zz',
      'ADMIN_TOKEN',
      'REDIS_PORT',
      'REDIS_TLS',
      'LOG_LEVEL',
    ]) {
      expect(
        problems.filter((problem) => problem.startsWith(`${name}:`)),
        name,
      ).toHaveLength(1);
    }
    expect(problems).toHaveLength(12);
  });

  test.each([
    [['--port', '9090'], {}, /^ports: 9090/],
    [['--batcher'], {}, /^--batcher/],
    [['--system', 'kserve-mlops'], { MODEL_NAME: 'm' }, /^MODEL_NAME/],
    [['--port'], {}, /argument missing/],
    [['--replica', 'two words'], {}, /^--replica/],
  ])('%j is refused', (args, environment, message) => {
    expect(problemsOf(args, environment)).toEqual([expect.stringMatching(message)]);
  });

  test('a secret is not repeated in a message', () => {
    expect(problemsOf(['--admin-port', '0'], { ADMIN_TOKEN: 'hushhus' }).join()).not.toContain(
      'hushhus',
    );
  });

  test('free ports may be asked for more than once', () => {
    expect(
      problemsOf(['--port', '0', '--metrics-port', '0', '--admin-port', '0'], {
        ADMIN_TOKEN: 'long-enough',
      }),
    ).toEqual([]);
  });
});
