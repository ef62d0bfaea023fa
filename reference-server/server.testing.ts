import pino from 'pino';
import { afterEach, expect } from 'vitest';
import type { ResponseCache } from './cache/response-cache.ts';
import { readCommandLine } from './command-line.ts';
import { buildServer, type ReferenceServer } from './server.ts';
import type { Scheduler } from './simulation/scheduler.ts';

export const token = 'a-token-for-tests';
const authorization = `Bearer ${token}`;

const open: ReferenceServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.drain();
});

/** A server without listeners, drained after the test, with its log lines. Its device takes no time unless told otherwise. */
export async function start({
  args = [],
  environment = {},
  cache,
  scheduler,
  loaded = true,
  drained = 'after the test',
}: {
  args?: string[];
  environment?: NodeJS.ProcessEnv;
  cache?: ResponseCache;
  scheduler?: Scheduler;
  loaded?: boolean;
  drained?: 'after the test' | 'by the test';
} = {}) {
  const instant = 'loadFixedMs=0,fixedMs=0,perRowMs=0,maxWaitMs=0,loadMiBPerSecond=1000000';
  const config = readCommandLine(
    ['--replica', 'r1', '--admin-port', '0', '--device', instant, ...args],
    {
      ADMIN_TOKEN: token,
      ...environment,
    },
  );
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  let crashes = 0;
  const server = buildServer(config, {
    logger,
    ...(cache ? { cache } : {}),
    ...(scheduler ? { scheduler } : {}),
    crash: () => (crashes += 1),
  });
  if (drained === 'after the test') open.push(server);
  if (loaded) expect(await server.load()).toEqual([]);
  const score = (payload: unknown, headers: Record<string, string> = {}) =>
    server.app.inject({
      method: 'POST',
      url: '/score',
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
  const admin = (method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, payload?: object) => {
    if (!server.adminApp) throw new Error('the admin listener was asked for');
    return server.adminApp.inject({
      method,
      url,
      headers: { authorization },
      ...(payload ? { payload } : {}),
    });
  };
  const metric = async (name: string) => {
    const { body } = await server.metricsApp.inject('/metrics');
    const values = body
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  return { server, lines, score, admin, metric, crashes: () => crashes };
}
