import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { fixture, fixtureNames } from './fixture.testing.ts';
import { renderTerminal } from './terminal.ts';

const plainText = (name: (typeof fixtureNames)[number], width = 80) =>
  renderTerminal(fixture(name).verdicts, { width, color: false });

test.each(fixtureNames)('%s: fits 80 columns, with and without colour', (name) => {
  for (const color of [false, true]) {
    for (const width of [80, 132]) {
      const lines = renderTerminal(fixture(name).verdicts, { width, color }).split('\n');
      for (const line of lines)
        expect(stripVTControlCharacters(line).length, line).toBeLessThanOrEqual(width);
    }
  }
});

test('without colour there is no escape sequence, whatever a target says of itself', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(plainText('hostile')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('with colour the only escape sequences are our own', () => {
  const text = renderTerminal(fixture('hostile').verdicts, { width: 80, color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text.replaceAll(/\u001b\[(?:1|22|3[1-6]|39)m/g, '')).not.toMatch(/\u001b/);
  expect(text).toContain('\u001b[32m✓ pass');
});

test('a row says the decision, what was seen beside its limit, and the bound', () => {
  const row = plainText('fail')
    .split('\n')
    .find((line) => line.startsWith('AK-SLO-1 '));
  expect(row).toMatch(/✗ fail +p95 \d+ ms of 200 ms +≥ [\d.]+ % of 5 %$/);
});

test('what did not pass comes with its reason and whether the document contradicts itself; what was not run in one line', () => {
  const text = plainText('fail').replaceAll(/\s+/g, ' ');
  expect(text).toMatch(
    /AK-SLO-1 fail: p95 was \d+ ms of 200 ms: \d+ of [\d,]+ requests took 200 ms or longer or failed, so at /,
  );
  expect(text).toMatch(
    /The document contradicts itself about AK-SLO-3, AK-SLO-4: the report says how\./,
  );
  expect(text).toContain('Not run: 4 (AK-API-5, AK-ALERT-1, AK-SCALE-1, AK-SEC-2)');
  expect(text).toContain('exit code 1');
});

test('a simulated GPU is said, and only where there is one', () => {
  expect(plainText('pass')).toContain('Simulated');
  expect(plainText('external')).not.toContain('Simulated');
});

test('a run that decided nothing says so', () => {
  const { verdicts } = fixture('pass');
  const nothing = {
    ...verdicts,
    exitCode: 3 as const,
    profiles: verdicts.profiles.map((profile) => ({ ...profile, targets: [] })),
  };
  expect(renderTerminal(nothing, { width: 80, color: false })).toContain(
    'Invalid: this run decided nothing',
  );
});

test('a reason that several targets share is said once', () => {
  const text = plainText('invalid').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'AK-SLO-1, AK-SLO-2, AK-SLO-3, AK-SLO-4 invalid: Our load generator’s fault',
  );
  expect(text.match(/Our load generator’s fault/g)).toHaveLength(1);
});

test('what concerns all rows is said once, and no column is about the method', () => {
  const text = plainText('pass').replaceAll(/\s+/g, ' ');
  expect(text.match(/Counted over this load in this run/g)).toHaveLength(1);
  expect(text.match(/groups of g/g)).toHaveLength(1);
  expect(text).not.toMatch(/calibrated|effective|design effect/i);
});

test('that the service’s own counts were not compared is said with why, once for all loads', () => {
  const text = plainText('external').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'mlops-aks/unique, mlops-aks/repeated: the server’s own counts were not compared with ours. Neither --metrics',
  );
  expect(plainText('pass')).not.toContain('own counts');
});
