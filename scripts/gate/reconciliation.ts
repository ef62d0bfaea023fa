import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Run, runFiles } from '../../evidence/run.ts';
import { type SeriesFile, seriesFileSchema, seriesName } from '../../evidence/series.ts';
import { countNoteWords } from '../../report/index.ts';
import type { CheckEnd } from '../../slo/check-record.ts';
import type { CounterSeries } from '../../slo/counter-increase.ts';
import type { CheckRecord } from '../../slo/judge/checks.ts';
import type { CountNote } from '../../slo/reason.ts';
import { type AnswerCounts, reconcile } from '../../slo/reconcile.ts';
import { type Dialect, dialects, processOf, startTimes } from '../../slo/signals.ts';
import type { Reconciliation, Stop } from '../../slo/verdict.ts';

/** Holds each scenario's counts against the server's own, as they were scraped. */
export function reconcileScenarios(
  folder: string,
  run: Run,
  counts: AnswerCounts,
): Reconciliation[] {
  return run.scenarios
    .filter(({ stop }) => stop !== 'not-started')
    .map(({ name }) => {
      const file = join(folder, runFiles.series, seriesName(name));
      const read = existsSync(file) ? readSeries(file) : undefined;
      const seen = read !== undefined && 'series' in read ? read : undefined;
      const { client, open } = counts.of(name);
      return reconcile({
        profile: name.slice(0, name.indexOf('/')),
        scenario: name.slice(name.indexOf('/') + 1),
        rule: run.service.kind === 'reference-stack' ? 'equal' : 'server-at-least',
        client,
        open,
        series: seen === undefined ? [] : toCounters(seen),
        answeredBy: seen?.answeredBy,
        failure: read === undefined ? absence(run) : unreadable(read.failure),
      });
    });
}

const unreadable = (detail: string | null): CountNote | null =>
  detail === null ? null : { code: 'unreadable', detail };

function absence({ service }: Run): CountNote {
  return {
    code:
      service.kind === 'external' && service.metrics === null ? 'no-metrics-url' : 'not-recorded',
  };
}

/** A file that is damaged takes nothing with it but the counts of its scenario. */
function readSeries(file: string): SeriesFile | { failure: string } {
  const damaged = (why: string) => ({
    failure: `EVIDENCE_UNREADABLE: ${file} is not a series file: ${why}`,
  });
  try {
    const parsed = seriesFileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : damaged(z.prettifyError(parsed.error));
  } catch (error) {
    return damaged(error instanceof Error ? error.message : String(error));
  }
}

function toCounters({ dialect, series, scrapes = [] }: SeriesFile): CounterSeries[] {
  const names: Dialect = dialects[dialect];
  const signals: Record<string, CounterSeries['signal']> = {
    [names.requests]: 'requests',
    [names.errors]: 'errors',
    [names.cacheHits]: 'cacheHits',
    ...Object.fromEntries(startTimes(dialect).map((name) => [name, 'startTime'])),
    up: 'up',
  };
  const counters = series.flatMap(({ metric, labels, points }): CounterSeries[] => {
    const signal = signals[metric];
    const replica = labels['replica'] ?? labels['instance'] ?? '';
    return signal === undefined
      ? []
      : [{ replica, process: processOf({ labels }), signal, points }];
  });
  if (scrapes.length === 0) return counters;
  // All that a metrics URL shows was up when it was read.
  const points = scrapes.map((at) => [at, 1] as const);
  const processes = new Map(counters.map((one) => [one.process, one]));
  return [
    ...counters,
    ...[...processes.values()].map((one) => ({ ...one, signal: 'up' as const, points })),
  ];
}

/** Ends at which the load generator and the stack were well. */
const fullStops: ReadonlySet<Stop> = new Set(['decided', 'budget', 'documented-duration']);

/** Ends that are a failure of our own. */
const ourFaults: ReadonlySet<Stop | undefined> = new Set<Stop>(['client-failed', 'client-limit']);

/** Counts that could not be had at all, unlike those that cannot be compared. */
const notHad: ReadonlySet<CountNote['code']> = new Set(['unreadable', 'not-recorded']);

/** Why the counts of our own stack could not be had, if so: then the harness is broken, whatever the client saw. */
export function brokenReconciliation(run: Run, all: readonly Reconciliation[]): string[] {
  // Then nobody waited for them.
  if (run.sealed?.end === 'interrupted') return [];
  return all.flatMap((one) => {
    const { profile, scenario, rule, notes } = one;
    const why = notes.filter(({ code }) => notHad.has(code));
    return rule === 'equal' && isComplete(run, one) && why.length > 0
      ? [`PROMETHEUS_FAILED: ${profile}/${scenario}: ${why.map(countNoteWords).join(' ')}`]
      : [];
  });
}

/** Whether the load of a scenario came to an end of its own. */
function isComplete(run: Pick<Run, 'scenarios'>, of: Reconciliation): boolean {
  const stop = stopOf(run, of);
  return stop !== undefined && fullStops.has(stop);
}

function stopOf(
  { scenarios }: Pick<Run, 'scenarios'>,
  { profile, scenario }: Reconciliation,
): Stop | undefined {
  return scenarios.find(({ name }) => name === `${profile}/${scenario}`)?.stop ?? undefined;
}

/**
 * The check `counts-agree`, for one profile: a server that counts less than its client saw fails it; what the client measured stands.
 * Load that was broken off shows a server that counts too little, and not one that counts all.
 */
export function countsAgree(
  profile: string,
  run: Pick<Run, 'scenarios'>,
  all: readonly Reconciliation[],
): CheckRecord {
  const own = all.filter((one) => one.profile === profile);
  const broken = own.filter((one) => one.agrees === true && !isComplete(run, one));
  const observations = own.flatMap((one) => {
    const { scenario, rule, agrees, rows } = one;
    if (agrees === null || broken.includes(one)) return [];
    const seen = rows.map(
      ({ replica, signal, client, server }) => `${replica} ${signal} ${client}/${server ?? 'none'}`,
    );
    return {
      subject: `counts of ${scenario}`,
      expected:
        rule === 'equal'
          ? "the server's counters equal the client's counts"
          : "the server's counters are no less than the client's counts",
      seen: `client/server: ${seen.join(', ')}`,
      ok: agrees,
    };
  });
  if (broken.length > 0 && observations.every(({ ok }) => ok)) {
    const names = broken.map(({ scenario }) => scenario).join(', ');
    const isOurs = broken.some((one) => ourFaults.has(stopOf(run, one)));
    return {
      observations,
      end: isOurs ? ended('crashed', `the load of ${names} broke off`) : ended('interrupted'),
    };
  }
  if (observations.length > 0) return { observations, end: ended('done') };
  const notes = new Set(own.flatMap((one) => one.notes.map(countNoteWords)));
  const why = own.length === 0 ? 'no load was sent' : [...notes].join(' ');
  // Whoever names where the counters are wants them looked at.
  const isBroken = own.some((one) => one.notes.some(({ code }) => code === 'unreadable'));
  return { observations, end: ended(isBroken ? 'crashed' : 'skipped', why) };
}

/** No line of a record: derived each time. */
const ended = (end: CheckEnd, why?: string) => ({
  kind: 'end' as const,
  run: 0,
  at: 0,
  end,
  ...(why === undefined ? {} : { why }),
});
