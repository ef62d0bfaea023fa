import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { create } from 'xmlbuilder2';
import { validateXML } from 'xmllint-wasm';
import { fixture, fixtureNames } from './fixture.testing.ts';
import { renderJunit } from './junit.ts';

const schema = {
  fileName: 'junit.xsd',
  contents: readFileSync(join(import.meta.dirname, 'junit.xsd'), 'utf8'),
};

async function errorsOf(xml: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema });
  return errors.map(({ rawMessage }) => rawMessage);
}

const render = (name: (typeof fixtureNames)[number]) => {
  const { run, verdicts } = fixture(name);
  return renderJunit(run, verdicts);
};

test.each(fixtureNames)('%s: valid against the schema', async (name) => {
  expect(await errorsOf(render(name))).toEqual([]);
});

test('the schema refuses what is not JUnit', async () => {
  const broken = render('pass').replace('<testcase ', '<test ').replace('tests="9"', '');
  expect((await errorsOf(broken)).length).toBeGreaterThan(0);
});

test('fail is a failure, invalid and inconclusive are errors, not-run is skipped; the counts agree', () => {
  const xml = render('fail');
  expect(xml).toContain('tests="9" failures="3" errors="1" skipped="4"');
  expect(xml.match(/<failure /g)).toHaveLength(3);
  expect(xml.match(/<error /g)).toHaveLength(1);
  expect(xml.match(/<skipped /g)).toHaveLength(4);
  expect(render('invalid').match(/<error [^>]*type="invalid"/g)).toHaveLength(4);
});

test('a failure says what was seen, the bound and how sure', () => {
  expect(render('fail')).toMatch(
    /AK-SLO-1\/latency-p95: fail; p95 &lt; 200 ms; p95 \d+ ms of 200 ms; bound ≥ [\d.]+ % of 5 %; the budget was used up; p95 was /,
  );
});

test('time is the judged time, in seconds', () => {
  expect(render('pass')).toMatch(
    /<testcase name="AK-SLO-1: [^"]*" classname="mlops-aks.slo" time="1[12]\.\d{3}"\/>/,
  );
});

test('hostile text comes back as it was, without what XML cannot hold', () => {
  const xml = render('hostile');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  const suite = create(xml).root().first();
  const names = suite.filter(
    (node) => 'getAttribute' in node.node && node.node.nodeName === 'testcase',
  );
  expect(names).toHaveLength(9);
  expect(xml).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(xml).not.toContain('<script>');
});
