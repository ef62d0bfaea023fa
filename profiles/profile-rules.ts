import type { z } from 'zod';
import { arrivalRates } from '../slo/arrival-rates.ts';
import { faultlessRequests } from '../slo/judge/rules.ts';
import type { Conflict, Objective, Scenario, Target } from '../slo/profile.ts';

interface ProfileParts {
  id: string;
  scenarios: Record<string, Scenario>;
  targets: readonly Target[];
  conflicts: readonly Conflict[];
}

interface Breach {
  path: (string | number)[];
  message: string;
}

/** What a profile's shape cannot say: names that must exist, and promises that no load could ever show to be kept. */
export function checkProfile(profile: ProfileParts, context: z.core.$RefinementCtx): void {
  for (const { path, message } of [
    ...names(profile),
    ...objectives(profile),
    ...lengths(profile),
    ...unusedScenarios(profile),
  ]) {
    context.addIssue({ code: 'custom', path, message });
  }
}

function* names({ id, targets, conflicts }: ProfileParts): Generator<Breach> {
  if (id === 'all')
    yield { path: ['id'], message: '"all" stands for all built-in profiles; choose another id' };
  const seen = new Set<string>();
  for (const [at, target] of targets.entries()) {
    if (seen.has(target.id))
      yield { path: ['targets', at, 'id'], message: `${target.id} stands twice` };
    seen.add(target.id);
  }
  const unknown = (target: string) => `names ${target}, which is no target of this profile`;
  for (const [at, { touches }] of conflicts.entries()) {
    for (const [place, target] of touches.entries()) {
      if (!seen.has(target))
        yield { path: ['conflicts', at, 'touches', place], message: unknown(target) };
    }
  }
}

function* objectives({ scenarios, targets }: ProfileParts): Generator<Breach> {
  for (const [at, target] of targets.entries()) {
    if (!('objectives' in target)) continue;
    const seen = new Set<string>();
    for (const [place, objective] of target.objectives.entries()) {
      const path = ['targets', at, 'objectives', place];
      const key = JSON.stringify(objective, Object.keys(objective).sort());
      if (seen.has(key)) yield { path, message: 'stands twice in this target' };
      seen.add(key);
      const scenario = Object.hasOwn(scenarios, objective.scenario)
        ? scenarios[objective.scenario]
        : undefined;
      if (scenario !== undefined) {
        for (const message of undecidable(objective, scenario)) yield { path, message };
      } else {
        const known = Object.keys(scenarios).join(', ');
        const there = known === '' ? 'this profile has no scenarios' : `there are: ${known}`;
        yield {
          path: [...path, 'scenario'],
          message: `no scenario "${objective.scenario}"; ${there}`,
        };
      }
    }
  }
}

/** Why no load of this scenario could show the objective to be kept, as far as the profile alone can tell. */
function* undecidable(
  objective: Objective,
  { payloads, arrivals, durationSeconds }: Scenario,
): Generator<string> {
  const rates = arrivalRates(arrivals);
  if (objective.indicator === 'throughput') {
    if (rates !== undefined && rates.mean <= objective.minPerSecond) {
      yield `only ${rates.mean} requests/s arrive, so more than ${objective.minPerSecond} can never be answered; raise the rate or let closed clients drive it`;
    }
    return;
  }
  if (objective.indicator === 'cache-misses') {
    if (payloads.kind === 'unique') {
      yield 'a cache cannot hit on unique payloads; name a scenario with repeated ones';
    } else if (rates !== undefined && payloads.distinct / rates.peak >= payloads.ttlSeconds) {
      const after = round(payloads.distinct / rates.peak);
      yield `a body comes back after ${after} s, when its ${payloads.ttlSeconds} s in the cache are over; send fewer distinct bodies or more requests`;
    }
  }
  const badShare = objective.indicator === 'latency' ? 1 - objective.quantile : objective.maxShare;
  const least = faultlessRequests(badShare);
  if (
    rates !== undefined &&
    durationSeconds !== undefined &&
    rates.mean * durationSeconds < least
  ) {
    yield `${durationSeconds} s bring ${round(rates.mean * durationSeconds)} requests, but even without a bad one ${least} are needed to be sure; make it longer or raise the rate`;
  }
}

/** A length in time and one in requests cannot both be kept; a ramp's is its budget. */
function* lengths({ scenarios }: ProfileParts): Generator<Breach> {
  for (const [name, { requests, durationSeconds, arrivals }] of Object.entries(scenarios)) {
    if (requests === undefined) continue;
    const path = ['scenarios', name, 'requests'];
    if (durationSeconds !== undefined)
      yield { path, message: 'give requests or durationSeconds, not both' };
    if (arrivals.shape === 'ramp')
      yield { path, message: 'a ramp is as long as the budget; leave requests out' };
  }
}

function* unusedScenarios({ scenarios, targets }: ProfileParts): Generator<Breach> {
  const used = new Set(
    targets.flatMap((target) =>
      'objectives' in target ? target.objectives.map((one) => one.scenario) : [],
    ),
  );
  for (const scenario of Object.keys(scenarios)) {
    if (!used.has(scenario)) {
      yield {
        path: ['scenarios', scenario],
        message: 'no objective is decided by this scenario; use it or remove it',
      };
    }
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
