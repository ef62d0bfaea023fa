import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deployments } from './deployments.ts';
import { distOf, promtool } from './promtool.testing.ts';

test.each(deployments.map(({ profile, watched: { server } }) => [server.name, profile] as const))(
  'promtool finds nothing to say of the rules of %s for %s',
  async (dialect, profile) => {
    const rules = join(distOf(dialect, profile), 'rules.yaml');
    const { code, text } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', rules]);
    expect(code, text).toBe(0);
    expect(text).toMatch(/SUCCESS: \d+ rules found/);
  },
);
