import { expect, test } from 'vitest';
import { fixture } from '../fixture.testing.ts';
import { renderHtml } from '../html/page.ts';
import { renderJunit } from '../junit.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { headline } from './headline.ts';
import { withParts } from './parts.testing.ts';

const { run } = fixture('pass');
const plainText = (rendered: string) =>
  rendered
    .replaceAll(/<[^>]*>|\u00a0/g, ' ')
    .replaceAll(/[*\\]/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' :', ':');

test('what was met in part, and what is advisory, is counted apart', () => {
  expect(headline(withParts)).toEqual({
    decision: 'fail',
    title: 'Fail: T-API-1 and http-methods were missed',
    detail: '2 fail, 2 pass, 1 of them in part, 1 advisory fail',
  });
});

test.each([
  ['report.html', renderHtml(run, withParts, [])],
  ['summary.md', renderMarkdown(withParts)],
  ['the terminal', renderTerminal(withParts, { width: 300, color: false })],
])(
  '%s says which parts decided, what was seen instead, and how to see it by hand',
  (_, rendered) => {
    const text = plainText(rendered);
    for (const words of [
      'pass (1 of 3)',
      'T-API-2/inside not run: It sees nothing.',
      'T-API-2/port not run: No URL says it.',
      'T-API-3 is advisory until 2026-12-31, and not part of the exit code: New since May.',
      'T-API-4 was advisory until 2026-01-31 (New since May.), and counts since.',
      'http-methods',
      'http-framing',
      'The service has no port.',
      'an empty body: expected a client error, 400 to 499',
      'seen 500',
      'curl -sS -i -X POST',
    ])
      expect(text).toContain(words);
  },
);

test('junit.xml passes over what is advisory, and lists checks of no target in a suite of their own', () => {
  const xml = renderJunit(run, withParts);
  expect(xml).toMatch(
    /testsuite name="mlops-aks" [^>]*tests="4" failures="1" errors="0" skipped="1"/,
  );
  expect(xml).toMatch(/testsuite name="mlops-aks.checks" [^>]*tests="1" failures="1"/);
  expect(xml).toContain('<skipped message="fail, advisory: ');
});
