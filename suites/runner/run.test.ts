import { expect, onTestFinished, test, vi } from 'vitest';
import { SuiteError } from '../../slo/errors.ts';
import { bareSession as session } from './bare-session.testing.ts';
import { runSuite } from './run.ts';
import type { Task } from './task.ts';

const never = new AbortController().signal;
const task = (id: string, run: Task['run'], rest: Partial<Task> = {}): Task => ({
  id,
  needs: [],
  withinMs: 60_000,
  run,
  ...rest,
});
const suite = (...tasks: Task[]) => ({
  name: 'suite',
  about: 'a test',
  checks: [],
  tasks: () => tasks,
});

test('does each check, in order; one that crashes stops no other', async () => {
  const done: string[] = [];
  const broken = task('broken', () => Promise.reject(new Error('out of luck')));
  const outcomes = await runSuite(
    suite(
      broken,
      task('good', async () => void done.push('good')),
    ),
    await session(),
    never,
  );
  expect(outcomes).toEqual([
    {
      task: 'broken',
      end: 'crashed',
      onRecord: false,
      why: expect.stringMatching(/^INTERNAL: broken: Error: out of luck\n.*run\.test\.ts/s),
    },
    { task: 'good', end: 'done' },
  ]);
  expect(done).toEqual(['good']);
});

test('a check that throws at once, or what is no error, crashes as any other', async () => {
  const atOnce = task('at once', () => {
    throw 'words';
  });
  expect(await runSuite(suite(atOnce), await session(), never)).toEqual([
    { task: 'at once', end: 'crashed', onRecord: false, why: 'INTERNAL: at once: words' },
  ]);
});

test('an error with a code is told by its code, without a stack', async () => {
  const broken = task('drives p/s', () =>
    Promise.reject(new SuiteError('TRAFFIC_FAILED', 'Load could not start')),
  );
  expect(await runSuite(suite(broken), await session(), never)).toEqual([
    {
      task: 'drives p/s',
      end: 'crashed',
      onRecord: false,
      why: 'TRAFFIC_FAILED: drives p/s: Load could not start',
    },
  ]);
});

test('a check that does not end when the run is interrupted is left behind within the time of a report', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const stop = new AbortController();
  const stuck = runSuite(
    suite(task('stuck', () => new Promise(() => undefined))),
    await session(),
    stop.signal,
  );
  stop.abort();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await stuck).toEqual([{ task: 'stuck', end: 'interrupted' }]);
});

test('a check is skipped, with the reason, where the service lacks what it needs', async () => {
  let begun = false;
  const run = async () => {
    begun = true;
  };
  const needing = task('needing', run, { needs: ['faults', 'counters'] });
  expect(await runSuite(suite(needing), await session(), never)).toEqual([
    { task: 'needing', end: 'skipped', why: 'the service gives no counters' },
  ]);
  expect(begun).toBe(false);
});

test('when the run is interrupted, the check that runs is told, and no other begins', async () => {
  const stop = new AbortController();
  const heard = task('first', async (_, signal) => {
    stop.abort();
    expect(signal.aborted).toBe(true);
  });
  const second = task('second', () => Promise.reject(new Error('was begun')));
  expect(await runSuite(suite(heard, second), await session(), stop.signal)).toEqual([
    { task: 'first', end: 'interrupted' },
    { task: 'second', end: 'interrupted' },
  ]);
});

test('what takes longer than its time is told to end, and is broken though it ends well', async () => {
  const slow = task(
    'slow',
    (_, signal) => new Promise((done) => signal.addEventListener('abort', () => done())),
    {
      withinMs: 10,
    },
  );
  expect(await runSuite(suite(slow), await session(), never)).toEqual([
    {
      task: 'slow',
      end: 'crashed',
      onRecord: false,
      why: expect.stringContaining('CHECK_TOO_SLOW: slow: it took longer than 0.01 s'),
    },
  ]);
});

test('one that does not end when it is told is left behind', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const stuck = runSuite(
    suite(task('stuck', () => new Promise(() => undefined))),
    await session(),
    never,
  );
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await stuck).toEqual([
    {
      task: 'stuck',
      end: 'crashed',
      onRecord: false,
      why: expect.stringContaining('took longer than 60 s'),
    },
  ]);
});
