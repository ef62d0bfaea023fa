import { vi } from 'vitest';
import { ensureTool } from '../../fixtures/tools/index.ts';
import { readOptions } from './options.ts';
import { preflight } from './preflight.ts';

/** For tests: no proxy of the machine's own. */
export const bare = {
  HTTP_PROXY: '',
  HTTPS_PROXY: '',
  NO_PROXY: '',
  http_proxy: '',
  https_proxy: '',
  no_proxy: '',
  ALL_PROXY: '',
};

/** For tests: this process has these variables until its stubs are taken back, and no proxy of the machine's own. */
export function stubEnvironment(variables: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries({ ...bare, ...variables })) vi.stubEnv(name, value);
}

/** For tests: the gate's first request alone, in this process; returns what is said of it. */
export async function askFirst(url: string, ...options: string[]): Promise<string> {
  const { client, profiles, service } = await readOptions([
    '--url',
    url,
    '--api',
    'score',
    ...options,
  ]);
  const [profile] = profiles;
  if (service.kind !== 'external' || profile === undefined) throw new Error(`${url} is no service`);
  const lines: string[] = [];
  const k6 = (await ensureTool('k6')).path;
  const { signal } = new AbortController();
  await preflight({
    service,
    client,
    profile,
    k6,
    signal,
    say: (line) => lines.push(line),
  });
  return lines.join('\n');
}
