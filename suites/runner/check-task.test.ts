import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import type { Exchange } from '../../evidence/exchange.ts';
import { openRun } from '../../evidence/reader.ts';
import { RecordLog } from '../../evidence/record-log.ts';
import { StackLender } from '../../fixtures/stack-lender.ts';
import { readTopology } from '../../fixtures/topology.ts';
import { listenInTest } from '../../machine/loopback.testing.ts';
import type { CheckEvent, PlannedCheck } from '../../slo/check-record.ts';
import { usualClient } from '../../traffic/client.ts';
import { bareSession } from './bare-session.testing.ts';
import { type Check, type CheckContext, check } from './check.ts';
import { checkTask } from './check-task.ts';
import { is } from './matchers.ts';
import { runTask } from './run.ts';
import type { Session } from './session.ts';

const never = new AbortController().signal;
const planned: PlannedCheck = { profile: 'p', suite: 's', check: 'c', params: {} };

const checkThat = (
  run: (context: CheckContext) => Promise<void>,
  rest: Partial<Pick<Check, 'topology' | 'harms'>> = {},
) => check({ id: 'c', about: 'a test', needs: ['score'], params: z.object({}), run, ...rest });

/** Does one check, and reads back what stands of it in the record. */
async function recordOf(one: Check, session: Session, params: PlannedCheck['params'] = {}) {
  const [task] = checkTask(one, { ...planned, params }, session);
  if (task === undefined) throw new Error('the check has no task');
  const outcome = await runTask(task, session, never);
  const events: CheckEvent[] = [];
  const { checks } = await openRun(session.record.dir);
  for await (const event of checks()) events.push(event);
  return { outcome, events };
}

const crashed = (why: string) => ({
  outcome: { end: 'crashed', why: expect.stringContaining(why), onRecord: true },
  events: [{ kind: 'begin' }, { kind: 'end', end: 'crashed', why: expect.stringContaining(why) }],
});

describe('a check that cannot go on is a crash, on record', () => {
  test('one that throws before it saw anything', async () => {
    const broken = checkThat(() => Promise.reject(new Error('out of luck')));
    expect(await recordOf(broken, await bareSession())).toMatchObject(crashed('out of luck'));
  });

  test('one with parameters that it does not take', async () => {
    const picky = check({
      id: 'c',
      about: 'a test',
      needs: ['score'],
      params: z.object({ limit: z.int() }),
      run: async () => undefined,
    });
    const session = await bareSession();
    expect(await recordOf(picky, session, { limit: 'many' })).toMatchObject(crashed('limit'));
  });

  test('one that never ends: what it saw until then stands', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stuck = checkThat(({ expect: see }) => {
      see.value('a thing', 1, is(1));
      return new Promise(() => undefined);
    });
    const session = await bareSession();
    const [task] = checkTask(stuck, planned, session);
    if (task === undefined) throw new Error('the check has no task');
    const ended = runTask(task, session, never);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(await ended).toMatchObject({ end: 'crashed', onRecord: true });
    vi.useRealTimers();
    const events: CheckEvent[] = [];
    const { checks } = await openRun(session.record.dir);
    for await (const event of checks()) events.push(event);
    expect(events).toMatchObject([
      { kind: 'begin' },
      { kind: 'observation', subject: 'a thing', ok: true },
      { kind: 'end', end: 'crashed', why: expect.stringContaining('took longer than 60 s') },
    ]);
  });

  test.each([
    ['a part twice', [{ part: 'redis' }, { part: 'redis' }], '"redis" stands twice'],
    ['no server', [{ part: 'redis' }], 'a reference-server is needed'],
    ['a part that nobody knows', JSON.parse('[{"part":"nginx","name":"n"}]'), 'part'],
  ] as const)('one that needs a stack with %s', async (_, topology, why) => {
    const lender = new StackLender((wanted) => {
      readTopology(wanted);
      return Promise.reject(new Error('it was brought up'));
    });
    const session = { ...(await bareSession()), stack: { number: 1, replicas: [] }, lender };
    const demanding = checkThat(async () => undefined, { topology });
    expect(await recordOf(demanding, session)).toMatchObject(crashed(why));
  });

  test('one whose stack does not come up', async () => {
    const lender = new StackLender(() => Promise.reject(new Error('no memory left')));
    const session = { ...(await bareSession()), lender };
    expect(
      await recordOf(
        checkThat(async () => undefined),
        session,
      ),
    ).toMatchObject(crashed('no memory left'));
  });
});

describe('a disk that is full', () => {
  test('of exchanges: the check is no proof, and says so', async () => {
    const address = await listenInTest(createServer((_, response) => response.end()));
    const bare = await bareSession();
    const { record } = bare;
    const exchanges = new RecordLog<Exchange>('/dev/full', 1);
    const full = { ...record, exchanges, close: () => record.close() };
    const session = { ...bare, address: `http://${address}`, record: full };
    const asking = checkThat(async ({ http, expect: see }) => {
      see.status('an answer', await http({ path: '/' }), is(200));
    });
    expect(await recordOf(asking, session)).toMatchObject(crashed('EVIDENCE_WRITE_FAILED'));
  });

  test('of the checks themselves: it is told to whoever runs them', async () => {
    const bare = await bareSession();
    const checks = new RecordLog<CheckEvent>('/dev/full', 1);
    const session = { ...bare, record: { ...bare.record, checks } };
    const { outcome } = await recordOf(
      checkThat(async () => undefined),
      session,
    );
    expect(outcome).toMatchObject({
      end: 'crashed',
      onRecord: false,
      why: expect.stringContaining('/dev/full cannot be written'),
    });
  });
});

describe('secrets', () => {
  const secret = 's3cr3t-t0ken-0f-the-test';

  async function secretive(run: (context: CheckContext) => Promise<void>) {
    const client = { ...usualClient, headers: { Authorization: `Bearer ${secret}` } };
    return recordOf(checkThat(run), { ...(await bareSession()), client });
  }

  test('are taken out of what was seen, and of why a check crashed', async () => {
    const { events } = await secretive(async ({ expect: see }) => {
      see.value('a thing', { you: `sent ${secret}` }, is('nothing'));
      throw new Error(`no ${secret}`);
    });
    expect(events).toMatchObject([
      { kind: 'begin' },
      { kind: 'observation', seen: '{"you":"sent [redacted]"}' },
      { kind: 'end', why: expect.stringContaining('no [redacted]') },
    ]);
  });

  test('are not left in part where what was seen is cut', async () => {
    const { events } = await secretive(async ({ expect: see }) => {
      see.value('a thing', `${'a'.repeat(290)}${secret}`, is('nothing'));
    });
    expect(JSON.stringify(events)).not.toContain(secret.slice(0, 6));
  });
});

test('a stack that a check harmed is lent to nobody after it', async () => {
  const given: string[] = [];
  const lender = new StackLender(async (_, { number }) => ({
    ...(await bareSession()),
    address: `http://127.0.0.1:${number}`,
    [Symbol.asyncDispose]: async () => void given.push(`${number} is down`),
  }));
  const session = { ...(await bareSession()), lender };
  const using = (harms: boolean) => checkThat(async () => void given.push('used'), { harms });
  for (const harms of [false, true, false]) await recordOf(using(harms), session);
  expect(given).toEqual(['used', 'used', '1 is down', 'used']);
});

test('the record of a run is where its checks are read', async () => {
  const session = await bareSession();
  const { events } = await recordOf(
    checkThat(async ({ expect: see, model }) => void see.value('the model', model, is('m'))),
    session,
  );
  expect(events).toMatchObject([
    { kind: 'begin', ...planned },
    { kind: 'observation', subject: 'the model', expected: '"m"', seen: '"m"', ok: true },
    { kind: 'end', end: 'done' },
  ]);
});
