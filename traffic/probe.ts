import { SuiteError } from '../slo/errors.ts';
import { k6Process } from './k6-process.ts';
import { describeEnd, sayingOf } from './k6-runner.ts';
import { LineReader } from './line-reader.ts';
import type { LoadSpec } from './load-spec.ts';
import { scriptInput } from './script-input.ts';
import { answeredLine, type Probe, readProbe } from './wire.ts';

/** What k6 may take beside an answer: to be set up, and to say what came of it. */
const besideAnswerMs = 10_000;

/**
 * Sends the plan's first request with the load's own client, so whatever the load will meet (proxy, names, trust, headers, decoding) this
 * meets too; waits as long as the plan's timeout, and as long again for a second one if there is an answer. Throws `TRAFFIC_FAILED` when the
 * client cannot run, or says nothing in that time.
 */
export async function probe(
  k6: string,
  plan: LoadSpec,
  signal?: AbortSignal,
  besideMs = besideAnswerMs,
): Promise<Probe> {
  signal?.throwIfAborted();
  const running = await k6Process(k6, 'probe')(scriptInput(plan));
  const stop = () => running.kill('SIGKILL');
  // Told while it was being started.
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const withinMs = plan.timeoutMs + besideMs;
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    stop();
  }, withinMs);
  try {
    const seen = readProbes(running.stdout, () => timer.refresh());
    const { exitCode, signal: killedBy } = await running.ended;
    signal?.throwIfAborted();
    const { found, otherLines } = seen();
    if (found !== undefined) return found;
    const how = isHung
      ? `k6 did not say within ${withinMs / 1000} s what came of it`
      : describeEnd(exitCode, killedBy);
    const said = sayingOf(plan, [...otherLines, running.stderrEnd()]);
    throw new SuiteError('TRAFFIC_FAILED', `The first request could not be sent: ${how}${said}`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Reads what the script says; `onAnswer` is called when it has a first answer, once. Returns what was read so far. */
function readProbes(stdout: NodeJS.ReadableStream, onAnswer: () => void) {
  let found: Probe | undefined;
  let isAnswered = false;
  const lines = new LineReader((line) => {
    if (line === answeredLine) {
      if (!isAnswered) onAnswer();
      isAnswered = true;
      return true;
    }
    found ??= readProbe(line);
    return found !== undefined;
  });
  stdout.setEncoding('utf8').on('data', (text: string) => lines.read(text));
  return () => {
    lines.end();
    return { found, otherLines: lines.otherLines };
  };
}
