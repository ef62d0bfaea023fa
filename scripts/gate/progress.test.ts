import { beforeEach, expect, test, vi } from 'vitest';
import { Progress } from './progress.ts';

let said: string[] = [];

beforeEach(() => {
  said = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  return () => spy.mockRestore();
});

test('when the planned time is over, it says what is waited for', () => {
  using progress = new Progress(false, (text) => text);
  progress.scenario({
    scenario: 'p/s',
    phase: 'judged',
    elapsedMs: 601_000,
    plannedMs: 600_000,
    objectives: [],
  });
  expect(said.join('')).not.toContain('601 s of at most 600 s');
  expect(said.join('')).toContain('last answers');
});
