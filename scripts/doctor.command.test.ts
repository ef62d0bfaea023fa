import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeGo, fakeMachine } from '../fixtures/tools/fake-machine.testing.ts';

function doctor(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'doctor.ts'), ...args],
    {
      // No engine is at this address, whatever runs here.
      env: { ...environment, DOCKER_HOST: 'tcp://127.0.0.1:1' },
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

test('a machine that can build and unpack everything could run processes, and how is said', () => {
  const machine = fakeMachine();
  machine.executable('bin/go', fakeGo);
  machine.executable('bin/k6', 'echo "k6 v1.4.0 (fake)"');
  for (const [name, answer] of [
    ['haproxy', 'HAProxy version 3.0.1 2026'],
    ['redis-server', 'Redis server v=7.2.0 sha=0'],
  ]) {
    machine.executable(`bin/${name}`, `echo "${answer}"`);
  }
  const { status, stdout } = doctor(machine.environment);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^k6 +would be built with Go 1\.30\.1, about 2 min$/m);
  expect(stdout).toMatch(/^haproxy +3\.0\.1, on PATH: /m);
  expect(stdout).toMatch(/^--runtime processes +can run, after about 4 min of setting up$/m);
  expect(stdout).toMatch(/^--runtime containers +cannot run: No Docker engine answers/m);
  expect(stdout).toContain(
    `Warning: Not usable: ${join(machine.bin, 'k6')} is 1.4.0, at least 2.0.0 and below 3.0.0 is needed.`,
  );
  expect(machine.cached()).toEqual([]);
});

test('a machine without Go, a usable variable and Docker is exit 3, with all that is missing', () => {
  const { environment, bin } = fakeMachine();
  const { status, stdout } = doctor(
    { ...environment, PATH: bin, TAILGATE_PROMTOOL: '/nowhere' },
    '--json',
  );
  expect(status).toBe(3);
  const { runtimes, go } = JSON.parse(stdout);
  expect(go).toBeUndefined();
  expect(runtimes.processes).toContain('k6: Go (https://go.dev/dl/): there is no `go` on PATH');
  expect(runtimes.processes.join('\n')).toMatch(
    /promtool: TAILGATE_PROMTOOL=\/nowhere is no executable file/,
  );
  expect(runtimes.containers).toHaveLength(1);
});

test('help has examples, and an unknown option is wrong usage', () => {
  expect(doctor(process.env, '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Examples:'),
  });
  expect(doctor(process.env, '--jsn')).toMatchObject({
    status: 64,
    stderr: expect.stringContaining('--json'),
  });
});
