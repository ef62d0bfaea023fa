import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { spaced } from '../content/format.ts';
import { summarise } from '../content/summarise.ts';
import { type FixtureName, fixture, fixtureNames } from '../fixture.testing.ts';
import { writeReports } from '../index.ts';
import { renderHtml } from './page.ts';

async function rendered(name: FixtureName): Promise<string> {
  const { run, verdicts, samples } = fixture(name);
  return renderHtml(run, verdicts, await summarise(run, samples()));
}

const pages = new Map<FixtureName, Promise<string>>();

/** The page of a fixture, rendered once. */
function page(name: FixtureName): Promise<string> {
  const known = pages.get(name) ?? rendered(name);
  pages.set(name, known);
  return known;
}

test.each(fixtureNames)(
  '%s: the same bytes every time, nothing but the page in it',
  async (name) => {
    const html = await page(name);
    expect(await rendered(name)).toBe(html);
    const tags = [...html.matchAll(/<([a-z]\w*)((?:[^>"]|"[^"]*")*)>/g)];
    for (const [tag, element, attributes] of tags) {
      expect(element, tag).not.toMatch(/^(?:script|link|img|iframe|object|embed|base|form)$/);
      const names = [...(attributes ?? '').matchAll(/ ([\w:-]+)(?:="([^"]*)")?/g)];
      for (const [, attribute, value] of names) {
        expect(attribute, tag).not.toMatch(/^(?:on.*|src|srcset|action)$/i);
        if (attribute === 'href') expect(value, tag).toMatch(/^#/);
      }
    }
    expect(html).not.toMatch(/url\(|@import/);
    expect(html).not.toContain('zr0-');
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  },
);

test('text of others stays text', async () => {
  const html = await page('hostile');
  expect(html).toContain('&lt;script>alert(1)&lt;/script>');
  expect(html).not.toContain('<!-- ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});

test('a limit stands in the charts that it touches', async () => {
  const html = await page('pass');
  for (const words of ['p95 &lt; 200', 'p99 &lt; 500', 'at most 20']) {
    expect(
      [...html.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].some(([, text]) => text?.includes(words)),
      words,
    ).toBe(true);
  }
});

test('limits that are near to each other stand apart in a chart', async () => {
  const html = await page('fail');
  const chart = html.slice(html.indexOf('aria-label="Failed requests over time.'));
  const limits = chart
    .slice(0, chart.indexOf('</svg>'))
    .matchAll(/<path d="M[\d.]+ ([\d.]+)L[^>]*--limit/g);
  const [one = 0, half = 0] = [...limits].map(([, y]) => Number(y));
  expect(half - one).toBeGreaterThan(10);
});

test('a run without load, without scenarios, has a page', () => {
  const { run, verdicts } = fixture('pass');
  const html = renderHtml(
    { ...run, scenarios: [], sealed: undefined },
    { ...verdicts, exitCode: 3, reconciliation: [], profiles: [] },
    [],
  );
  expect(html).toContain('No load was sent in this run.');
  expect(html).toContain('the run was killed');
});

test('a replay into another folder writes the same files', async () => {
  const { run, verdicts, samples } = fixture('fail');
  const [a, b] = await Promise.all(
    ['a', 'b'].map(async () => {
      const dir = mkdtempSync(join(tmpdir(), 'tailgate-report-'));
      onTestFinished(() => rmSync(dir, { recursive: true }));
      await writeReports({ run, verdicts, samples: samples(), dir });
      return [runFiles.html, runFiles.junit, runFiles.summary].map((file) =>
        readFileSync(join(dir, file), 'utf8'),
      );
    }),
  );
  expect(a).toEqual(b);
  expect(a?.every((text) => text.length > 500)).toBe(true);
});

/** Texts drawn in one chart, by its title and size. */
function chartTexts(html: string, title: string): string[] {
  const chart = html.slice(html.indexOf(`aria-label="${title}.`));
  return [...chart.slice(0, chart.indexOf('</svg>')).matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(
    ([, text]) => text ?? '',
  );
}

test('a fault that comes and goes is named once in a chart, and in words; a change stands where it was', async () => {
  const html = await page('changed');
  for (const title of ['Latency over time', 'Requests per second']) {
    const texts = chartTexts(html, title);
    expect(texts.filter((text) => text === 'A')).toHaveLength(1);
    expect(texts.filter((text) => text === 'B')).toHaveLength(1);
    expect(texts.filter((text) => text === 'changed')).toHaveLength(1);
  }
  const text = spaced(html);
  expect(text).toContain(
    'A: latency=300ms on reference-server-2, on from 2 s to 3 s, 4 s to 5 s, 6 s to 7 s, 8 s to 9 s and 2 times more',
  );
  expect(text).toContain('B: errors=1%, on from 6 s to 9 s');
});

test('nothing that is as it should be is drawn in red', async () => {
  const { run, verdicts, samples } = fixture('pass');
  async function* missing() {
    for await (const sample of samples())
      yield sample.payload === undefined ? { ...sample, cacheHit: false } : sample;
  }
  const html = renderHtml(run, verdicts, await summarise(run, missing()));
  const drawn = [...html.matchAll(/<svg .*?<\/svg>/gs)].map(([svg]) => svg);
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.filter((svg) => svg.includes('--fail'))).toEqual([]);
  expect(html).toMatch(/All 3,\d+ requests missed, as they should: no payload was sent twice\./);
});

test('what concerns all rows stands once, and the method is folded away', async () => {
  const html = await page('pass');
  expect(html.match(/Counted over this load in this run/g)).toHaveLength(1);
  expect(html.match(/groups of g/g)).toHaveLength(1);
  const method = html.slice(html.indexOf('Method: how each was judged'));
  expect(html.indexOf('Design effect')).toBe(
    html.length - method.length + method.indexOf('Design effect'),
  );
});

test('a bound far beyond its limit is drawn at the end of the strip, and not beyond it', () => {
  const { run, verdicts } = fixture('fail');
  const far = JSON.parse(JSON.stringify(verdicts), (key, value) =>
    key === 'bounds' ? { lower: 0.5, upper: 0.6 } : value,
  );
  const bars = renderHtml(run, far, []).match(/<rect fill="var\(--p50\)" [^>]*>/g) ?? [];
  expect(bars.length).toBeGreaterThan(3);
  const number = (bar: string, name: string) =>
    Number(bar.match(new RegExp(` ${name}="([\\d.]+)"`))?.[1]);
  for (const bar of bars)
    expect(number(bar, 'x') + number(bar, 'width'), bar).toBeLessThanOrEqual(100);
});

test('a conflict that touches all decided targets stands once', async () => {
  const { run, verdicts } = fixture('pass');
  const touches = verdicts.profiles.flatMap(({ targets }) => targets.map(({ id }) => id));
  const profiles = verdicts.profiles.map((profile) => ({
    ...profile,
    conflicts: [{ statement: 'It says both.', touches }],
  }));
  expect(renderHtml(run, { ...verdicts, profiles }, []).match(/It says both\./g)).toHaveLength(1);
});
