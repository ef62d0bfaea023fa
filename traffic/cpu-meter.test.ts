import { expect, onTestFinished, test, vi } from 'vitest';
import { oddlyNamed } from '../machine/processes.testing.ts';
import { CpuMeter } from './cpu-meter.ts';

test.skipIf(process.platform !== 'linux')(
  'tells the cores that a process uses, whatever it is called',
  async () => {
    const meter = new CpuMeter((await oddlyNamed()).pid);
    onTestFinished(() => meter.stop());
    await vi.waitFor(() => expect(meter.cores).toBeGreaterThan(0), { timeout: 10_000 });
  },
);
