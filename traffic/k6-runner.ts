import type { Readable } from 'node:stream';
import { redactor } from '../evidence/redact.ts';
import type { LoadSpec } from './load-spec.ts';
import { secretsOnTheWay } from './proxy.ts';
import type { ScriptInput } from './wire.ts';

/** A k6 that runs one script input. */
export interface RunningK6 {
  /** Everything it prints on stdout; ends when it has ended. */
  readonly stdout: Readable;
  /** The end of what it printed on stderr. */
  stderrEnd(): string;
  /** How it ended, after its output was read. */
  readonly ended: Promise<{ exitCode: number | null; signal: string | null }>;
  /** Does nothing when it has ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Cores that it used on average so far; undefined where that cannot be seen. */
  cpuCores(): number | undefined;
}

/** Starts a k6, which ends with this process at the latest. Throws `TRAFFIC_FAILED` when that cannot be done. */
export type StartK6 = (input: ScriptInput) => Promise<RunningK6>;

/** Logs go to stdout, where the script's lines are read; nothing is looked up or sent anywhere but to the target. */
export function k6Arguments(script: string): string[] {
  return [
    'run',
    '--quiet',
    '--no-color',
    '--log-output=stdout',
    '--log-format=raw',
    '--summary-mode=disabled',
    '--no-thresholds',
    script,
  ];
}

export const k6Environment = {
  K6_AUTO_EXTENSION_RESOLUTION: 'false',
  K6_NO_USAGE_REPORT: 'true',
  // A connection carries one request at a time, so that giving one up moves requests to other replicas; over TLS k6 would else put all
  // requests of an event loop into one connection of HTTP/2 that is never given up.
  GODEBUG: 'http2client=0',
  // Memory is small (about 50 MB), so the garbage collector may run less often.
  GOGC: '400',
};

/** What went wrong when k6 ended with a code (https://grafana.com/docs/k6/latest/reference/ and its `errext/exitcodes`). */
const exitCodes: Readonly<Record<number, string>> = {
  97: 'it failed in the cloud',
  98: 'a pre-condition of the cloud failed',
  99: 'a threshold failed',
  100: 'set-up timed out',
  101: 'tear-down timed out',
  102: 'a generic time-out',
  103: 'it could not be stopped by its own API',
  104: 'its configuration is wrong',
  105: 'it was stopped from outside',
  106: 'its API could not be started',
  107: 'the script threw an exception',
  108: 'the script aborted the test',
  109: 'it panicked',
  110: 'the run was marked as failed',
  137: 'it was killed (SIGKILL; out of memory?)',
};

export function describeEnd(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `k6 was ended by ${signal}`;
  const meaning = exitCode === null ? undefined : exitCodes[exitCode];
  return `k6 ended with exit code ${exitCode}${meaning === undefined ? '' : ` (${meaning})`}`;
}

/** So much is repeated of what it said, or of what some other program did that is named as k6. */
const mostRepeated = 200;

/** What was said beside the script's own lines, to be put behind how it ended. Cut when secrets are out of it: half a one would not be found. */
export function sayingOf({ url, headers }: LoadSpec, lines: readonly string[]): string {
  const clean = redactor(secretsOnTheWay(url, headers, undefined), { foreign: true });
  const said = clean(lines.join('\n').trim());
  return said === '' ? '' : `; it said: ${said.slice(0, mostRepeated)}`;
}
