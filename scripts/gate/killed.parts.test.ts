import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { isLong } from '../../machine/test-form.testing.ts';
import { runJudge, startGate } from './gate-process.testing.ts';
import { leftOf } from './holdings.testing.ts';

/** From the first line of code to its report. */
const load = [
  '--runtime',
  'processes',
  '--targets',
  'AK-SLO-1',
  '--rate',
  '50',
  '--budget',
  '5s',
  '--min-time',
  '4s',
  '--warmup',
  '1s',
];
const longestMs = 14_000;
const instants = Array.from({ length: isLong ? 10 : 2 }, () =>
  Math.round(Math.random() * longestMs),
);

test.for(instants)(
  'SIGKILL after %i ms: nothing is left, and what was recorded is judged',
  async (ms) => {
    const gate = startGate(load);
    await Promise.race([delay(ms), gate.ended]);
    gate.child.kill('SIGKILL');
    await gate.ended;
    // Before it had a journal it had started nothing.
    if (gate.journal() !== undefined) expect(await leftOf(gate)).toEqual([]);
    if (!existsSync(join(gate.folder, runFiles.run))) return;
    const { code, text } = runJudge(gate.folder);
    expect(text).toContain('Report: ');
    expect([0, 1, 2, 3]).toContain(code);
  },
);
