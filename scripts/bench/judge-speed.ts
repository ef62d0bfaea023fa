import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createScenarioJudge } from '../../slo/judge/scenario.ts';
import type { Sample } from '../../slo/sample.ts';
import { benchRecord, blankSample, fourObjectives } from './four-objectives.ts';

/** How fast the judge takes samples, and the most memory its process held. */
interface SpeedRow {
  samples: number;
  /** The first sample never comes, so all others wait behind it, or are left out. */
  lost: boolean;
  perSecond: number;
  peakMiB: number;
}

/**
 * Gives the judge so many samples of four objectives, all near their limits so that none is decided and every sample counts to the
 * end. One in eight ends before an older one. The samples are the same few objects over and over, so that what is measured is the
 * judge; only those that wait behind a `lost` one are objects of their own, as they are when they come from a file.
 */
function feed(count: number, lost: boolean): number {
  const record = benchRecord(1000, count, 1e12);
  const judge = createScenarioJudge({ record, objectives: fourObjectives, alphaFail: 0.01 / 4 });
  const [pair, single] = [[blankSample(), blankSample()] as const, blankSample()];
  const began = performance.now();
  for (let index = 0; index < count; index += 8) {
    fill(pair[0], index);
    fill(pair[1], index + 1);
    judge.end(lost ? { ...pair[1] } : pair[1]);
    if (!lost) judge.end(pair[0]);
    else if (index > 0) judge.end({ ...pair[0] });
    for (let next = index + 2; next < index + 8; next += 1) {
      fill(single, next);
      judge.end(lost ? { ...single } : single);
    }
  }
  judge.finish(record);
  return count / ((performance.now() - began) / 1000);
}

/** Latencies and failures with about the allowed share of bad ones, spread by a multiplicative hash. */
function fill(sample: Sample, index: number): void {
  const at = (Math.imul(index, 2_654_435_761) >>> 0) / 4_294_967_296;
  sample.index = index;
  sample.intendedStart = index;
  sample.start = index;
  sample.end = index + (at < 0.009 ? 600 : at < 0.045 ? 250 : 20 + 100 * at);
  sample.outcome = at > 0.9991 ? 'http' : 'ok';
  sample.status = at > 0.9991 ? 503 : 200;
}

/** Each size in a process of its own, so that the peak is its own. */
export async function speedTable(sizes: readonly number[]): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  for (const lost of [false, true]) {
    for (const samples of sizes) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        import.meta.filename,
        String(samples),
        String(lost),
      ]);
      const result: { perSecond: number; peakMiB: number } = JSON.parse(stdout);
      rows.push({ samples, lost, ...result });
    }
  }
  return rows;
}

export const speedHeader = [
  'samples',
  'recording',
  'samples per second',
  'peak memory of the process',
];

export function speedCells({ samples, lost, perSecond, peakMiB }: SpeedRow): string[] {
  return [
    ...[samples.toLocaleString('en-US'), lost ? 'the first is lost' : 'complete'],
    ...[Math.round(perSecond).toLocaleString('en-US'), `${peakMiB.toFixed(0)} MiB`],
  ];
}

if (import.meta.main) {
  const perSecond = feed(Number(process.argv[2]), process.argv[3] === 'true');
  process.stdout.write(
    JSON.stringify({ perSecond, peakMiB: process.resourceUsage().maxRSS / 1024 }),
  );
}
