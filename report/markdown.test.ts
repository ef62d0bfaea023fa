import { expect, test } from 'vitest';
import { fixture, fixtureNames } from './fixture.testing.ts';
import { escapeMarkdown, renderMarkdown } from './markdown.ts';

test('names the verdict, every decided target and why', () => {
  const text = renderMarkdown(fixture('fail').verdicts);
  expect(text.split('\n')[0]).toBe('## ✗ Fail: AK-SLO-1, AK-SLO-2 and AK-SLO-3 were missed');
  expect(text).toContain('Exit code 1: 3 fail, 1 inconclusive, 1 pass.');
  expect(text).toMatch(
    /\| AK-SLO-1 \| ✗ fail \| p95 \d+ ms of 200 ms \| ≥ [\d.]+ % of 5 % \| [\d.]+ s \|/,
  );
  expect(text).toMatch(
    /- \*\*AK-SLO-3\*\* fail: \d+ of [\d,]+ requests were answered wrongly, so at 99\.8 % confidence at least /,
  );
  expect(text).toContain('<details><summary>4 not run</summary>');
});

test('a reason that several targets share is said once', () => {
  const text = renderMarkdown(fixture('invalid').verdicts);
  expect(text).toContain(
    '- **AK-SLO-1, AK-SLO-2, AK-SLO-3, AK-SLO-4** invalid: Our load generator’s fault',
  );
});

test('warnings come before the table', () => {
  const text = renderMarkdown(fixture('interrupted').verdicts);
  expect(text.indexOf('> [!WARNING]')).toBeGreaterThan(0);
  expect(text.indexOf('> [!WARNING]')).toBeLessThan(text.indexOf('| Target |'));
});

test('that the service’s own counts were not compared is said with why', () => {
  expect(renderMarkdown(fixture('external').verdicts)).toContain(
    'the server’s own counts were not compared with ours. Neither --metrics',
  );
});

test('hostile text becomes neither HTML nor a column, a link, a mention or emphasis', () => {
  expect(escapeMarkdown('a|b <b>*c*</b> `d` @e https://f www.g.h [i](j) \\')).toBe(
    'a\\|b &lt;b&gt;\\*c\\*&lt;/b&gt; \\`d\\` &#64;e https:&#47;/f www.&#8203;g.h \\[i\\](j) \\\\',
  );
});

test.each(fixtureNames)('%s: every row of a table has as many cells as its head', (name) => {
  const blocks = renderMarkdown(fixture(name).verdicts).split('\n\n');
  const tables = blocks.filter((block) => block.startsWith('|'));
  expect(tables).toHaveLength(2);
  for (const table of tables) {
    const cells = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(cells.length).toBeGreaterThan(2);
    expect(new Set(cells).size).toBe(1);
  }
});

test('no tag but our own stands in the summary of a hostile target', () => {
  const outside = renderMarkdown(fixture('hostile').verdicts).replaceAll(/(`+) .*? \1/g, '');
  expect(outside.match(/<[^>]*>/g)).toEqual(
    Array(2).fill(['<details>', '<summary>', '</summary>', '</details>']).flat(),
  );
});
