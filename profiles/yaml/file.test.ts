import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { SuiteError } from '../../slo/errors.ts';
import type { Profile } from '../../slo/profile.ts';
import {
  changed,
  example,
  examplePath,
  exampleText,
  file,
  folder,
  knownChecks,
  placeOf,
  refusal,
  refused,
} from './file.testing.ts';
import { findTargets, loadProfileFile, resolveProfiles } from './file.ts';

const checksAlone = `schemaVersion: 1
id: checks-alone
title: t
document: d
targets:
  - id: T-1
    kind: api
    statement: s
    section: s
    checks: [{ check: empty-body }]
`;

describe('loadProfileFile', () => {
  test('reads the example', async () => {
    expect(await loadProfileFile(examplePath, knownChecks)).toEqual(example);
  });

  test('reads JSON, which is YAML too', async () => {
    expect(await loadProfileFile(file(JSON.stringify(example)), knownChecks)).toEqual(example);
  });

  test('tells all mistakes at once, in the order of the file', async () => {
    const text = `schemaVersion: 2
id: A B
title: 3
document:
scenaros: {}
scenarios:
  load:
    api: scor
    model: m
    payloads: { kind: unique }
    arrivals:
      shape: constant
      perSecnd: 3
targets:
  - id: T-1
    kind: slo
    statement: ''
    section: s
  - id: T-2
    kind: slo
    statement: s
    section: s
    objectives:
      - indicator: latency
        scenario: load
        quantile: 95
        limitMs: "2"
        limitIs: bellow
        maxShare: 1
      - scenario: load
  - 7
conflicts: none
`;
    expect(await refused(text)).toEqual([
      'FILE is not a profile (17 problems):',
      'FILE:1:16 schemaVersion is 2; expected 1',
      'FILE:2:5 id is "A B"; expected lower-case letters, digits and dashes',
      'FILE:3:8 title is 3; expected a text: put it in quotes, "3"',
      'FILE:4:10 document is empty; expected a text',
      'FILE:5:1 the profile has the unknown key "scenaros". Did you mean "scenarios"? Known here: schemaVersion, id, title, document, system, scenarios, targets, conflicts',
      'FILE:8:10 scenarios.load.api is "scor"; expected one of score, kserve-v1. Did you mean "score"?',
      'FILE:11:5 scenarios.load.arrivals lacks "perSecond"; expected a number',
      'FILE:13:7 scenarios.load.arrivals has the unknown key "perSecnd". Did you mean "perSecond"? Known here: shape, perSecond',
      'FILE:15:5 targets[0]: at least one of "objectives" and "checks" is needed, or else "notRun" alone',
      'FILE:17:16 targets[0].statement is ""; expected string to have >=1 characters',
      'FILE:26:19 targets[1].objectives[0].quantile is 95; expected number to be <1',
      'FILE:27:18 targets[1].objectives[0].limitMs is "2"; expected a number',
      'FILE:28:18 targets[1].objectives[0].limitIs is "bellow"; expected one of below, at-most. Did you mean "below"?',
      'FILE:29:9 targets[1].objectives[0] has the unknown key "maxShare". Known here: indicator, scenario, quantile, limitMs, limitIs',
      'FILE:30:9 targets[1].objectives[1] lacks "indicator"; expected one of latency, wrong-answers, unavailability, failures, cache-misses, throughput',
      'FILE:31:5 targets[2] is 7; expected keys with values',
      'FILE:32:12 conflicts is "none"; expected a list',
    ]);
  });

  test('checks what belongs together, at the place where it stands', async () => {
    const text = changed('scenario: returning, maxShare', 'scenario: returnin, maxShare');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (2 problems):',
      `FILE:${placeOf(text, 'returning:')} scenarios.returning: no objective is decided by this scenario; use it or remove it`,
      `FILE:${placeOf(text, 'returnin,')} targets[2].objectives[0].scenario: no scenario "returnin"; there are: customers, returning, batch-job`,
    ]);
  });

  test('names a scenario that has no proper name', async () => {
    const text = changed('  returning:', '  Returning Customers:');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (1 problem):',
      `FILE:${placeOf(text, 'Returning Customers:')} scenarios["Returning Customers"]: the name must be of lower-case letters, digits and dashes`,
    ]);
  });

  test('a target with both objectives and a reason not to run is told so', async () => {
    const text = changed(
      'section: 2.3 Caching',
      'section: 2.3 Caching\n    notRun: why not\n    note: x',
    );
    expect(await refused(text)).toEqual([
      'FILE is not a profile (2 problems):',
      `FILE:${placeOf(text, 'id: CHURN-CACHE')} targets[2]: at least one of "objectives" and "checks" is needed, or else "notRun" alone`,
      expect.stringMatching(/^FILE:\d+:5 targets\[2\] has the unknown key "note"\./),
    ]);
  });

  test('a check that there is not is told with the nearest, and all that there are', async () => {
    const text = changed('check: empty-body', 'check: empty-boddy');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (1 problem):',
      `FILE:${placeOf(text, 'empty-boddy')} targets[4].checks[0].check: there is no check "empty-boddy". Did you mean "empty-body"? There are: ${[...knownChecks.keys()].join(', ')}`,
    ]);
  });

  test('parameters that a check lacks, does not take or takes otherwise are told at their place', async () => {
    const with_ = (parameters: string) => changed('max-elements, limit: 100000', parameters);
    const said = async (text: string) => (await refused(text)).slice(1);
    const lacking = with_('max-elements');
    expect(await said(lacking)).toEqual([
      `FILE:${placeOf(lacking, '{ check: max-elements')} targets[4].checks[1] lacks "limit"; expected a number`,
    ]);
    const misspelt = with_('max-elements, limit: 100000, limt: 1');
    expect(await said(misspelt)).toEqual([
      `FILE:${placeOf(misspelt, 'limt')} targets[4].checks[1] has the unknown key "limt". Did you mean "limit"? Known here: limit`,
    ]);
    const text = with_('max-elements, limit: 1e5x');
    expect(await said(text)).toEqual([
      `FILE:${placeOf(text, '1e5x')} targets[4].checks[1].limit is "1e5x"; expected a number`,
    ]);
  });

  test('a parameter of a check that has none is told so', async () => {
    const text = changed('check: empty-body', 'check: empty-body, limit: 3');
    expect((await refused(text)).slice(1)).toEqual([
      `FILE:${placeOf(text, 'limit: 3')} targets[4].checks[0] has the unknown key "limit". It has no parameters.`,
    ]);
  });

  test('a day that there is not is told with how a date is written', async () => {
    const [, ...lines] = await refused(`${checksAlone}    advisory: { reason: r, until: 2027-02-30 }
`);
    expect(lines).toEqual([
      'FILE:11:35 targets[0].advisory.until is "2027-02-30"; expected a date such as 2027-02-28',
    ]);
  });

  test('a profile with checks alone needs no scenarios', async () => {
    const profile = await loadProfileFile(file(checksAlone), knownChecks);
    expect(profile.scenarios).toEqual({});
  });

  test('a misspelt "objectives" is recognised', async () => {
    const [, ...lines] = await refused(
      'targets: [{ id: T-1, kind: slo, statement: a, section: b, objectivs: [] }]',
    );
    expect(lines).toContainEqual(
      expect.stringContaining('unknown key "objectivs". Did you mean "objectives"?'),
    );
    expect(lines).toContainEqual(
      expect.stringContaining(
        'targets[0]: at least one of "objectives" and "checks" is needed, or else "notRun" alone',
      ),
    );
  });

  test('a mistake behind an alias is told at the place of the anchor', async () => {
    const anchored = exampleText.replace(
      'payloads: { kind: unique }',
      'payloads: &once { kind: unike }',
    );
    const text = anchored.replace('payloads: { kind: unique }', 'payloads: *once');
    const at = placeOf(text, 'unike');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (2 problems):',
      `FILE:${at} scenarios.customers.payloads.kind is "unike"; expected one of unique, repeated. Did you mean "unique"?`,
      `FILE:${at} scenarios["batch-job"].payloads.kind is "unike"; expected one of unique, repeated. Did you mean "unique"?`,
    ]);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /^FILE is empty; a profile starts with schemaVersion: 1\.$/],
    ['a comment alone', '# later\n', /^FILE is empty/],
    ['a text', 'just text', /^FILE:1:1 the profile is "just text"; expected keys with values$/m],
    ['a list', '- a\n', /^FILE:1:1 the profile is a list; expected keys with values$/m],
    [
      'a list that does not end',
      'a: 1\nb: [1\nc: 2\n',
      /^FILE is not valid YAML \(.*\nFILE:3:1 Flow sequence .* must .* end with a \]/,
    ],
    ['a key that stands twice', 'id: a\nid: b\n', /^FILE:2:1 Map keys must be unique$/m],
    ['a tag of another language', 'id: !!python/name:os 1\n', /^FILE:1:5 Unresolved tag/m],
    ['two documents', 'id: a\n---\nid: b\n', /^FILE:2:1 a second document begins here/m],
    ['an alias of nothing', 'id: *a\n', /^The profile file FILE cannot be read: Unresolved alias/],
    [
      'bytes that are no text',
      new Uint8Array([0xff, 0xfe, 0x00]),
      /^The profile file FILE is in UTF-16/,
    ],
  ])('refuses %s', async (_, text, message) => {
    expect((await refused(text)).join('\n')).toMatch(message);
  });

  test.each(['.nan', '-.inf', '1e999', '12345678901234567890'])(
    'refuses %s among what a check sends: JSON cannot carry it',
    async (number) => {
      const section = '    section: 2.1 Response times\n';
      const check = `    checks: [{ check: v1-predict, instances: [[1, ${number}]] }]\n`;
      const text = changed(section, section + check);
      expect(await refused(text)).toEqual([
        'FILE is not a profile (1 problem):',
        `FILE:${placeOf(text, number)} ${number} is no number that JSON can carry`,
      ]);
    },
  );

  test('refuses aliases that multiply without end', async () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, at, all) => {
      return `${name}: &${name} [${Array(10)
        .fill(at === 0 ? 'x' : `*${all[at - 1]}`)
        .join(', ')}]`;
    });
    expect((await refused(levels.join('\n'))).join('\n')).toMatch(/Excessive alias count/);
  });

  test('refuses what cannot be read', async () => {
    expect(await refusal(loadProfileFile(join(folder, 'none.yaml'), knownChecks))).toMatch(
      /none\.yaml cannot be read: ENOENT/,
    );
    expect(await refusal(loadProfileFile(folder, knownChecks))).toMatch(/cannot be read: EISDIR/);
  });

  test('whatever stands in the place of any value, the file is read or refused with places, and never crashes', async () => {
    const paths = allPaths(example);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('slo', 'latency', 'score', 'constant', 'load', 0.5),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), value, async (path, replacement) => {
        const copy: unknown = structuredClone(example);
        put(copy, path, replacement);
        const path1 = file(stringify(copy));
        const outcome = await loadProfileFile(path1, knownChecks).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) return;
        expect(outcome).toBeInstanceOf(SuiteError);
        const [head = '', ...lines] = outcome.message.split('\n');
        expect(head).toContain(path1);
        expect(lines.length).toBeGreaterThan(0);
        for (const line of lines) expect(line).toMatch(/^ {2}\S+\.yaml:\d+:\d+ \S/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('resolveProfiles', () => {
  const known: Profile[] = ['first', 'second'].map((id) => ({ ...example, id }));
  const [first, second] = known;
  const resolved = async (words: string[]) => [
    ...(await resolveProfiles(words, known, knownChecks)).keys(),
  ];

  test('takes ids, files and all of them, in the order given', async () => {
    expect(await resolved(['second', 'first'])).toEqual([second, first]);
    expect(await resolved(['all'])).toEqual([first, second]);
    expect(await resolved([examplePath, 'first'])).toEqual([example, first]);
    expect(await resolved([file(exampleText, 'yml')])).toEqual([example]);
  });

  test('says which word named each', async () => {
    expect([...(await resolveProfiles([examplePath, 'all'], known, knownChecks)).values()]).toEqual(
      [examplePath, 'all', 'all'],
    );
  });

  test('a known profile named twice counts once', async () => {
    expect(await resolved(['second', 'all', 'second'])).toEqual([second, first]);
  });

  test('tells everything that is wrong at once', async () => {
    const message = await refusal(
      resolveProfiles(
        ['frist', 'nothing-like-it', './none.yaml', file('a: [')],
        known,
        knownChecks,
      ),
    );
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^No profile "frist"\. Did you mean "first"\? There are: first, second, or all\. A file of your own/,
      ),
      expect.stringMatching(/^No profile "nothing-like-it"\. There are: first, second, or all\./),
      expect.stringMatching(/^The profile file \.\/none\.yaml cannot be read: ENOENT/),
      expect.stringMatching(/^FILE is not valid YAML/),
      expect.stringMatching(/^ {2}FILE:1:5 /),
    ]);
  });

  test('two profiles of one id cannot be run together', async () => {
    const own = file(exampleText.replace('id: churn-scorer', 'id: first'));
    expect(await refusal(resolveProfiles(['first', own], known, knownChecks))).toBe(
      'Two profiles have the id "first" (first and FILE); a run needs different ones. Change the id in the file.',
    );
    expect(await refusal(resolveProfiles([own, own], [], knownChecks))).toMatch(
      /^Two profiles have the id "first" \(FILE and FILE\)/,
    );
  });
});

describe('findTargets', () => {
  const other: Profile = { ...example, id: 'other', targets: example.targets.slice(0, 1) };

  test('gives the ids back, each once', () => {
    expect(findTargets([example], ['CHURN-CACHE', 'CHURN-ERRORS', 'CHURN-CACHE'])).toEqual([
      'CHURN-CACHE',
      'CHURN-ERRORS',
    ]);
  });

  test('names all that are unknown, the nearest that is known, and what there is', async () => {
    const find = async () => findTargets([example, other], ['churn-cache', 'CHURN-ERRORS', 'X-1']);
    expect((await refusal(find())).split('\n')).toEqual([
      '--targets: "churn-cache" is no target of profiles churn-scorer, other. Did you mean "CHURN-CACHE"?',
      '--targets: "X-1" is no target of profiles churn-scorer, other.',
      'Targets of churn-scorer: CHURN-LATENCY, CHURN-ERRORS, CHURN-CACHE, CHURN-THROUGHPUT, CHURN-INPUT, CHURN-HTTP, CHURN-COUNTERS, CHURN-RESTORE',
      'Targets of other: CHURN-LATENCY',
    ]);
  });
});

function allPaths(value: unknown, path: PropertyKey[] = []): PropertyKey[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, one]) =>
    allPaths(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

function put(value: unknown, [step, ...rest]: PropertyKey[], replacement: unknown): void {
  if (typeof value !== 'object' || value === null || step === undefined) return;
  if (rest.length === 0) Reflect.set(value, step, replacement);
  else put(Reflect.get(value, step), rest, replacement);
}
