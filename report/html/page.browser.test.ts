import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { runFiles } from '../../evidence/run.ts';
import { notRunWords, reasonWords } from '../content/reasons.ts';
import { isDecided, notRunTargets, rowsOf } from '../content/rows.ts';
import { type FixtureName, fixture, fixtureNames } from '../fixture.testing.ts';
import { writeReports } from '../index.ts';

const executablePath = [
  process.env['TAILGATE_CHROMIUM'],
  '/usr/bin/chromium',
  chromium.executablePath(),
].find((path) => path !== undefined && path !== '' && existsSync(path));
const noBrowser =
  executablePath === undefined
    ? 'no Chromium: TAILGATE_CHROMIUM names none, /usr/bin/chromium is not there, and `npx playwright install chromium` was not run'
    : undefined;
const inCi = process.env['CI'] !== undefined && process.env['CI'] !== '';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

type View = { scheme: 'light' | 'dark'; width: number };
const wide: View = { scheme: 'light', width: 1280 };

let folder = '';
let browser: Browser | undefined;
let context: BrowserContext | undefined;

beforeAll(async () => {
  if (noBrowser !== undefined) {
    if (inCi) throw new Error(noBrowser);
    return;
  }
  folder = mkdtempSync(join(tmpdir(), 'tailgate-report-'));
  browser = await chromium.launch({
    args: flags,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  context = await browser.newContext();
});

afterAll(async () => {
  await browser?.close();
  if (folder !== '') rmSync(folder, { recursive: true });
});

/** Where there is no browser the tests are skipped and say why; in CI the set-up above has failed already. */
beforeEach(({ skip }) => {
  if (noBrowser !== undefined) skip(noBrowser);
});

/** The report of a fixture, written once. */
async function reportOf(name: FixtureName): Promise<string> {
  const dir = join(folder, name);
  if (!existsSync(dir)) {
    mkdirSync(dir);
    const { run, verdicts, samples } = fixture(name);
    await writeReports({ run, verdicts, samples: samples(), dir });
  }
  return pathToFileURL(join(dir, runFiles.html)).href;
}

/** That report in a page of its own, with everything that the page asked for or complained about. */
async function open(name: FixtureName, view = wide): Promise<{ page: Page; noise: string[] }> {
  if (context === undefined) throw new Error('no browser');
  const page = await context.newPage();
  onTestFinished(() => page.close());
  await look(page, view);
  const noise: string[] = [];
  const url = await reportOf(name);
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => noise.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (request.url() !== url) noise.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, noise };
}

async function look(page: Page, { scheme, width }: View): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme });
}

/** Text as a reader sees it, with one kind of space. */
async function textOf(page: Page, selector: string): Promise<string[]> {
  const texts = await page.locator(selector).allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

test.each(fixtureNames)(
  '%s: shows the verdict, each decision, its reason and its figures; asks for nothing; is as wide as the screen',
  async (name) => {
    const { page, noise } = await open(name);
    const { verdicts } = fixture(name);
    const [title] = await textOf(page, 'h1');
    expect(title).toMatch(
      { 0: /Pass: /, 1: /Fail: /, 2: /Inconclusive: /, 3: /Invalid: / }[verdicts.exitCode],
    );
    const [tally] = await textOf(page, 'header h1 + p');
    expect(tally).toContain(`exit code ${verdicts.exitCode}`);
    const rows = await textOf(page, '.verdicts tbody');
    const decided = verdicts.profiles.flatMap((profile) => profile.targets.filter(isDecided));
    expect(rows).toHaveLength(decided.length);
    const reasons = new Map<string, string>();
    for (const [at, target] of decided.entries()) {
      for (const words of [target.id, ` ${target.decision} `]) expect(rows[at]).toContain(words);
      for (const row of rowsOf(target)) {
        const reason = reasonWords(row).replaceAll(/\s+/g, ' ');
        if (!reasons.has(reason)) expect(rows[at]).toContain(reason);
        else expect(rows[at]).toContain(`The same as for ${reasons.get(reason)}.`);
        if (!reasons.has(reason)) reasons.set(reason, target.id);
      }
    }
    expect(noise).toEqual([]);
    await look(page, { scheme: 'light', width: 360 });
    await openDetails(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  },
);

test.each([1280, 400])('a long command line is wrapped, at %s px', async (width) => {
  const { run, verdicts, samples } = fixture('external');
  const observation = { subject: 'NaN', expected: '400', seen: 'x'.repeat(300), ok: false };
  const repeat = `curl -sS -i --data-raw '${'[[1,2]],'.repeat(60)}'`;
  const evidence = {
    kind: 'exact' as const,
    observations: 1,
    failed: 1,
    shown: [{ ...observation, repeat }],
  };
  const check = {
    ...{ id: 'json-strictness', check: 'json-strictness', params: {}, evidence },
    decision: 'fail' as const,
    reason: { code: 'not-as-expected' as const },
  };
  const profiles = verdicts.profiles.map((profile) => ({ ...profile, checks: [check] }));
  const dir = join(folder, `long-${width}`);
  mkdirSync(dir);
  await writeReports({ run, verdicts: { ...verdicts, profiles }, samples: samples(), dir });
  if (context === undefined) throw new Error('no browser');
  const page = await context.newPage();
  onTestFinished(() => page.close());
  await look(page, { scheme: 'light', width });
  await page.goto(pathToFileURL(join(dir, runFiles.html)).href);
  expect((await textOf(page, 'pre')).join()).toContain('curl -sS');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

test('limits are drawn into the charts that they concern, where a reader sees them', async () => {
  const { page } = await open('fail');
  for (const words of ['p95 < 200', 'p99 < 500']) {
    expect(
      await page.locator('#scenario-1 .wide svg text', { hasText: words }).count(),
    ).toBeGreaterThanOrEqual(2);
  }
  expect(
    await page
      .locator('#scenario-1 .wide svg text', { hasText: 'at most 0.5' })
      .first()
      .isVisible(),
  ).toBe(true);
  expect(
    await page.locator('#scenario-2 .wide svg text', { hasText: 'at most 20' }).first().isVisible(),
  ).toBe(true);
  expect(await page.locator('.narrow').first().isVisible()).toBe(false);
});

test.each(['wide', 'narrow'])(
  'names of faults, of the change and of the warm-up do not meet in a %s chart',
  async (size) => {
    const { page } = await open('changed', {
      scheme: 'light',
      width: size === 'wide' ? 1280 : 360,
    });
    const charts = await page.locator(`#scenario-1 .${size}`).all();
    for (const chart of charts) {
      const labels = chart.locator('text', { hasText: /^(?:[AB]|changed|warm-up)$/ });
      const boxes = await labels.evaluateAll((texts) =>
        texts.map((text) => text.getBoundingClientRect().toJSON()),
      );
      boxes.forEach((a, at) => {
        for (const b of boxes.slice(at + 1))
          expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(
            false,
          );
      });
    }
    expect(
      await page.locator(`#scenario-1 .${size} text`, { hasText: 'changed' }).count(),
    ).toBeGreaterThanOrEqual(2);
  },
);

test('a chart is one image to a screen reader, with its key figures in words, and a table of them', async () => {
  const { page } = await open('pass');
  const names = await page
    .getByRole('img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('aria-label') ?? ''));
  const distribution = names.find((label) => label.startsWith('Latency distribution'));
  expect(distribution?.replaceAll(/\s/g, ' ')).toMatch(
    /p95 [\d.]+ ms, p99 [\d.]+ ms.*Limits: p95 < 200 ms, p99 < 500 ms/,
  );
  await page.getByText('Figures over time').first().click();
  expect(await page.getByRole('table', { name: 'Over time' }).first().isVisible()).toBe(true);
});

test('targets that were not run are folded away and open by keyboard, each with its reason', async () => {
  const { page } = await open('pass');
  const reasons = page.locator('ul.grid li');
  expect(await reasons.first().isVisible()).toBe(false);
  await page.locator('summary', { hasText: 'targets not run, each' }).focus();
  await page.keyboard.press('Enter');
  const texts = await textOf(page, 'ul.grid li');
  for (const target of notRunTargets(fixture('pass').verdicts)) {
    expect(
      texts.some((text) => text.includes(target.id) && text.includes(notRunWords(target))),
    ).toBe(true);
  }
  expect(await reasons.first().isVisible()).toBe(true);
});

test('the first stop of the keyboard skips to the verdicts', async () => {
  const { page } = await open('pass');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').innerText()).toBe('Skip to the verdicts');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
});

test('the keyboard reaches everything once, and one sees where it is', async () => {
  const { page } = await open('pass');
  const stops = page.locator('a[href], summary, [tabindex="0"]');
  const reached = new Set<number>();
  const count = await stops.count();
  await stops.evaluateAll((elements) => {
    for (const [at, element] of elements.entries()) element.setAttribute('data-stop', String(at));
  });
  for (let at = 0; at < count; at += 1) {
    await page.keyboard.press('Tab');
    const { stop, outline } = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      return {
        stop: element.getAttribute('data-stop'),
        outline: getComputedStyle(element).outlineStyle,
      };
    });
    if (stop === null) break;
    expect(outline, `stop ${stop}`).not.toBe('none');
    reached.add(Number(stop));
  }
  const hidden = await stops.evaluateAll(
    (elements) => elements.filter((element) => !element.checkVisibility()).length,
  );
  expect(reached.size).toBe(count - hidden);
});

test('warnings come first, what is simulated is said, and only then', async () => {
  const { page } = await open('interrupted');
  const [warnings] = await textOf(page, '.warnings');
  expect(warnings).toContain('interrupted by SIGINT');
  expect(warnings).toContain('was never on');
  expect(await page.getByText('simulated GPU').count()).toBeGreaterThanOrEqual(3);
  const external = await open('external');
  expect(await external.page.getByText(/simulated/i).count()).toBe(0);
});

/** Between them they hold every part of the page: each decision's colours, warnings, all charts. */
const audited: Partial<Record<FixtureName, View[]>> = {
  fail: [1280, 360].flatMap((width) => [
    { scheme: 'light', width },
    { scheme: 'dark', width },
  ]),
  changed: [wide, { scheme: 'dark', width: 360 }],
  invalid: [wide, { scheme: 'dark', width: 360 }],
  interrupted: [
    { scheme: 'light', width: 360 },
    { scheme: 'dark', width: 1280 },
  ],
};

test.each(Object.entries(audited) as [FixtureName, View[]][])(
  '%s: axe finds nothing in any view',
  async (name, views) => {
    const { page } = await open(name);
    await openDetails(page);
    for (const view of views) {
      await look(page, view);
      // The page has no frames, whose results would take several times as long to bring together.
      const { violations } = await new AxeBuilder({ page })
        .setLegacyMode()
        .options({ resultTypes: ['violations'] })
        .analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
      );
      expect(found, `${view.scheme}, ${view.width} px`).toEqual([]);
    }
  },
);

async function openDetails(page: Page): Promise<void> {
  await page.locator('details').evaluateAll((all) => {
    for (const element of all) element.setAttribute('open', '');
  });
}
