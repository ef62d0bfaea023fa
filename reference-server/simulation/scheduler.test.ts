import { afterEach, expect, test, vi } from 'vitest';
import { realTime } from './scheduler.ts';

afterEach(() => vi.useRealTimers());

test('a wait that is longer than a timer of Node can be does not end early, and can be cancelled', () => {
  vi.useFakeTimers();
  const waitMs = 100 * 86_400_000;
  const ended = vi.fn();
  const cancelled = vi.fn();
  realTime.after(waitMs, ended);
  const cancel = realTime.after(waitMs, cancelled);
  vi.advanceTimersByTime(waitMs - 1);
  expect(ended).not.toHaveBeenCalled();
  cancel();
  vi.advanceTimersByTime(1);
  expect(ended).toHaveBeenCalledOnce();
  vi.runAllTimers();
  expect(cancelled).not.toHaveBeenCalled();
});
