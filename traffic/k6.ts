import { SuiteError } from '../slo/errors.ts';
import { countDropped } from './arrivals.ts';
import { ClientWatch } from './client-watch.ts';
import { describeEnd, type RunningK6, type StartK6, sayingOf } from './k6-runner.ts';
import { LineReader } from './line-reader.ts';
import type { LoadResult, LoadSpec, RunLoad } from './load-spec.ts';
import { RequestLedger } from './request-ledger.ts';
import { scriptInput } from './script-input.ts';
import { readLine } from './wire.ts';

/** How long k6 may take to end when asked to, before it is killed. */
const graceMs = 1500;

/** Of a run that sends no load, so that it needs no load generator. */
export const noLoad: RunLoad = () =>
  Promise.reject(new SuiteError('INTERNAL', 'This run was to send no load.'));

/** How long k6 may take until its script is set up, which takes about a second. */
const setUpWithinMs = 30_000;

/** Drives load with k6, however it is started. See `k6/script.ts` for how requests are sent. */
export function k6Load(start: StartK6, withinMs = setUpWithinMs): RunLoad {
  return async (plan, onEvent, signal) => {
    if (signal.aborted) return notStarted();
    const input = scriptInput(plan);
    const k6 = await start(input);
    const ledger = new RequestLedger(plan, input.requestIdPrefix, onEvent);
    using watch = new ClientWatch();
    const stopped = stopOn(signal, k6, plan.epochMs);
    const lines = new LineReader((line) => readLine(line, ledger));
    let isHung = false;
    const setUp = setTimeout(() => {
      isHung = ledger.zero === undefined;
      if (isHung) k6.kill('SIGKILL');
    }, withinMs);
    let broken: unknown;
    k6.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (broken !== undefined) return;
      try {
        lines.read(text);
      } catch (error) {
        // Whoever listens is broken, a full disk for instance: there is no use in more load.
        broken = error;
        stopped.stop();
      }
    });
    const { exitCode, signal: killedBy } = await k6.ended;
    clearTimeout(setUp);
    const { stoppedAt } = stopped.done();
    const { health } = watch;
    if (broken !== undefined) throw broken;

    const end =
      stoppedAt !== undefined
        ? 'stopped'
        : exitCode === 0 && ledger.zero !== undefined
          ? 'finished'
          : 'failed';
    const how = isHung
      ? `k6 was not set up within ${withinMs / 1000} s`
      : describeEnd(exitCode, killedBy);
    const failure = how + sayingOf(plan, [...lines.otherLines, k6.stderrEnd()]);
    if (end === 'failed' && ledger.zero === undefined)
      throw new SuiteError('TRAFFIC_FAILED', `Load could not start: ${failure}`);

    const endedAt = stoppedAt ?? Date.now() - plan.epochMs;
    ledger.cutOpen(endedAt);
    const cpuCores = k6.cpuCores();
    const client = {
      exitCode,
      signal: killedBy,
      dropped: dropped(plan, ledger, end === 'finished' ? undefined : endedAt),
      ...health,
      stoodStillMs: ledger.stoodStillMs,
      ...(cpuCores === undefined ? {} : { cpuCores }),
    };
    return { end, client, ...(end === 'failed' ? { failure } : {}) };
  };
}

/** Arrivals that were due before the end and never started. */
function dropped(
  plan: LoadSpec,
  { zero, started }: RequestLedger,
  endedAt: number | undefined,
): number {
  return zero === undefined
    ? 0
    : countDropped(plan, started, endedAt === undefined ? undefined : endedAt - zero);
}

/** Asks k6 to end when the signal says so, and kills it if it does not. */
function stopOn(signal: AbortSignal, k6: RunningK6, epochMs: number) {
  let stoppedAt: number | undefined;
  let grace: NodeJS.Timeout | undefined;
  const stop = () => {
    if (stoppedAt !== undefined) return;
    stoppedAt = Date.now() - epochMs;
    k6.kill('SIGTERM');
    grace = setTimeout(() => k6.kill('SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return {
    stop,
    done() {
      signal.removeEventListener('abort', stop);
      clearTimeout(grace);
      return { stoppedAt };
    },
  };
}

function notStarted(): LoadResult {
  return {
    end: 'stopped',
    client: {
      exitCode: null,
      signal: null,
      dropped: 0,
      clockJumpMs: 0,
      loopLagP99Ms: 0,
      stoodStillMs: 0,
    },
  };
}
