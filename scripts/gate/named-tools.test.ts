import { expect, test } from 'vitest';
import { checkNamedTools, toolsFor } from './named-tools.ts';
import type { GateOptions } from './options.ts';

const stack = (runtime: 'auto' | 'containers' | 'processes'): GateOptions['service'] => ({
  kind: 'reference-stack',
  runtime,
  faults: [],
});

test('a stack of containers needs no tool but k6, one that may be of processes all that it starts', () => {
  expect(toolsFor(stack('containers'))).toEqual(['k6']);
  for (const runtime of ['auto', 'processes'] as const)
    expect(toolsFor(stack(runtime)).sort()).toEqual([
      'haproxy',
      'k6',
      'prometheus',
      'redis-server',
    ]);
});

test('all variables that are wrong are named', async () => {
  const checked = checkNamedTools(stack('processes'), {
    TAILGATE_K6: '/nowhere/k6',
    TAILGATE_HAPROXY: '/nowhere/haproxy',
    TAILGATE_PROMTOOL: '/nowhere/promtool',
  });
  await expect(checked).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/^TAILGATE_K6=.*\nTAILGATE_HAPROXY=.*$/m),
  });
  await expect(checked).rejects.toThrow(/^(?!.*PROMTOOL)/s);
});
