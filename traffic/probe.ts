import { SuiteError } from '../slo/errors.ts';
import { k6Process } from './k6-process.ts';
import { describeEnd } from './k6-runner.ts';
import type { LoadSpec } from './load-spec.ts';
import { scriptInput } from './script-input.ts';
import { type Probe, readProbe } from './wire.ts';

/**
 * Sends the plan's first request with the load's own client, so whatever the load will meet (proxy, names, trust, headers, decoding) this
 * meets too; waits as long as the plan's timeout. Throws `TRAFFIC_FAILED` when the client cannot run.
 */
export async function probe(k6: string, plan: LoadSpec, signal?: AbortSignal): Promise<Probe> {
  signal?.throwIfAborted();
  const running = await k6Process(k6, 'probe')(scriptInput(plan));
  const stop = () => running.kill('SIGKILL');
  // Told while it was being started.
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    let said = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = await running.ended;
    signal?.throwIfAborted();
    const lines = said.split('\n');
    const found = lines.map(readProbe).find((answer) => answer !== undefined);
    if (found !== undefined) return found;
    const words = [...lines, running.stderrEnd()].join('\n').trim().slice(-1000);
    throw new SuiteError(
      'TRAFFIC_FAILED',
      `The first request could not be sent: ${describeEnd(ended.exitCode, ended.signal)}; it said: ${words}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
