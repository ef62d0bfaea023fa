import { expect, test } from 'vitest';
import { fixture, fixtureNames } from '../fixture.testing.ts';
import { renderHtml } from '../html/page.ts';
import { renderJunit } from '../junit.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { spaced } from './format.ts';
import { headline } from './headline.ts';

const titleOf = (name: (typeof fixtureNames)[number]) =>
  spaced(headline(fixture(name).verdicts).title);

test('a limit that was missed in this run is said first, though too little was seen to be sure', () => {
  expect(titleOf('missed')).toMatch(
    /^Inconclusive: p95 was \d+ ms \(limit 200 ms\), but too few stalls were seen to be sure \(AK-SLO-1\)$/,
  );
});

test('a service that changed is said', () => {
  expect(titleOf('changed')).toBe('Inconclusive: the service changed while AK-SLO-1 was judged');
});

test('the other headlines', () => {
  expect(titleOf('pass')).toBe('Pass: all 5 decided targets were met');
  expect(titleOf('fail')).toBe('Fail: AK-SLO-1, AK-SLO-2 and AK-SLO-3 were missed');
  expect(titleOf('interrupted')).toBe(
    'Inconclusive: AK-SLO-1, AK-SLO-2, AK-SLO-3, AK-SLO-4 and AK-SLO-5 could not be decided',
  );
  expect(titleOf('invalid')).toMatch(
    /^Invalid: the measurement of AK-SLO-1, .* cannot be trusted$/,
  );
});

test('a target that was asked for and not run is why a run with passes is invalid', () => {
  const { verdicts } = fixture('silent');
  expect(titleOf('silent')).toBe('Pass: all 4 decided targets were met');
  const asked = ['AK-SLO-1', 'AK-SLO-5'];
  const profiles = verdicts.profiles.map((profile) => ({
    ...profile,
    targets: profile.targets.map((target) =>
      asked.includes(target.id) || target.decision !== 'not-run'
        ? target
        : { ...target, reason: { code: 'not-asked' as const } },
    ),
  }));
  expect(headline({ ...verdicts, profiles, exitCode: 3 }).title).toBe(
    'Invalid: AK-SLO-5 was asked for, and not run',
  );
});

test.each(fixtureNames)('%s: no sentence has a hole in it', (name) => {
  const { run, verdicts } = fixture(name);
  const all = [
    renderHtml(run, verdicts, []),
    renderMarkdown(verdicts),
    renderJunit(run, verdicts),
    renderTerminal(verdicts, { width: 100, color: false }),
  ];
  for (const text of all) expect(text).not.toMatch(/undefined|\bNaN\b|τ|\[object/);
});
