// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as people write them
import { describe, expect, test } from 'vitest';
import {
  changed,
  example,
  exampleText,
  file,
  knownChecks,
  placeOf,
  refused,
} from './file.testing.ts';
import { loadProfileFile } from './file.ts';

/** Mistakes whose first cause a YAML parser does not know, and what is no mistake though it looks like one. */

const section = '2.1 Response times';

describe('a text that YAML takes for something else', () => {
  test.for([
    '2.10',
    '1.0',
    '.5',
    '+1',
    '-0',
    '1e3',
    '010',
    '0x10',
    '0o17',
    '.inf',
    'true',
    'True',
    'FALSE',
    '~',
    'null',
    'Null',
  ])('%s is quoted as it was written', async (written) => {
    const text = changed(`section: ${section}`, `section: ${written}`);
    expect(await refused(text)).toEqual([
      'FILE is not a profile (1 problem):',
      `FILE:${placeOf(text, `${written}\n    objectives`)} targets[0].section is ${written}; expected a text: put it in quotes, "${written}"`,
    ]);
  });

  test.for([
    'yes',
    'no',
    'off',
    '2026-10-25',
    '2026-10-25T10:00:00Z',
    '2.1.0',
    '1_000',
    '08:30',
    '"2.10"',
    "'~'",
  ])('%s is a text', async (written) => {
    const { targets } = await loadProfileFile(
      file(changed(`section: ${section}`, `section: ${written}`)),
      knownChecks,
    );
    expect(targets[0]?.section).toBe(written.replace(/^["'](.*)["']$/, '$1'));
  });

  test('behind an alias too', async () => {
    const text = changed(`section: ${section}`, 'section: &s 2.10').replace(
      'section: 2.2 Availability',
      'section: *s',
    );
    const at = placeOf(text, '2.10');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (2 problems):',
      `FILE:${at} targets[0].section is 2.10; expected a text: put it in quotes, "2.10"`,
      `FILE:${at} targets[1].section is 2.10; expected a text: put it in quotes, "2.10"`,
    ]);
  });

  test('what is left empty is not quoted', async () => {
    const [, line] = await refused(changed(`section: ${section}`, 'section:'));
    expect(line).toMatch(/targets\[0\]\.section is empty; expected a text$/);
  });

  test.for([
    [
      'perSecond: 120',
      'perSecond: TRUE',
      'scenarios.customers.arrivals.perSecond is TRUE; expected a number',
    ],
    [
      'quantile: 0.95',
      'quantile: 9.50e1',
      'targets[0].objectives[0].quantile is 9.50e1; expected number to be <1',
    ],
    [
      'limitIs: below',
      'limitIs: 1e3',
      'targets[0].objectives[0].limitIs is 1e3; expected one of below, at-most',
    ],
  ] as const)('%s as %s is named as it was written', async ([before, after, message]) => {
    expect((await refused(changed(before, after)))[1]).toContain(message);
  });
});

describe('merge keys', () => {
  const batchJob = /(?<= {2}batch-job:\n)[\s\S]*?(?= {4}durationSeconds)/;
  /** The example with an anchor at its first scenario, and the third, which is much like it, written another way. */
  const withBatchJob = (own: string) =>
    changed('  customers:', '  customers: &base').replace(batchJob, own);

  test.for([
    ['in a block', '    <<: *base\n    arrivals: { shape: closed, concurrency: 8 }\n'],
    ['after own keys', '    arrivals: { shape: closed, concurrency: 8 }\n    <<: *base\n'],
    ['from a list', '    <<: [*base]\n    arrivals: { shape: closed, concurrency: 8 }\n'],
    [
      'from a map that stands there',
      '    <<: [{ model: churn }, *base]\n    arrivals: { shape: closed, concurrency: 8 }\n',
    ],
    [
      'twice',
      '    <<: { model: churn }\n    <<: *base\n    arrivals: { shape: closed, concurrency: 8 }\n',
    ],
    ['in a flow', '    arrivals: { <<: { shape: closed }, concurrency: 8 }\n    <<: *base\n'],
  ] as const)('%s are taken', async ([, own]) => {
    expect(await loadProfileFile(file(withBatchJob(own)), knownChecks)).toEqual(example);
  });

  test('a mistake in what is merged is told at its place', async () => {
    const text = withBatchJob(
      '    <<: *base\n    arrivals: { shape: closed, concurrency: 8 }\n',
    ).replace('model: churn', 'model: 2.10');
    const at = placeOf(text, '2.10');
    expect(await refused(text)).toEqual([
      'FILE is not a profile (2 problems):',
      `FILE:${at} scenarios.customers.model is 2.10; expected a text: put it in quotes, "2.10"`,
      `FILE:${at} scenarios["batch-job"].model is 2.10; expected a text: put it in quotes, "2.10"`,
    ]);
  });

  test('only maps can be merged', async () => {
    const text = withBatchJob('    <<: churn\n');
    expect(await refused(text)).toEqual([
      'FILE is not valid YAML (1 problem):',
      expect.stringMatching(new RegExp(`^FILE:${placeOf(text, '<<')} .*<<.*keys with values`)),
    ]);
  });
});

test.for([
  ['after ---', `${exampleText}---\n`, '---'],
  ['after --- at the start', `---\n${exampleText}--- # second\nid: b\n`, '--- # second'],
  ['after ...', `${exampleText}...\nid: b\n`, 'id: b\n'],
  ['in between', changed('targets:\n', '---\ntargets:\n'), '---\ntargets'],
  ['with a third', `${exampleText}---\nid: b\n---\nid: c\n`, '---\nid: b'],
] as const)(
  'a second document %s: where it begins, and that a profile is one',
  async ([, text, second]) => {
    expect(await refused(text)).toEqual([
      expect.stringMatching(/^FILE/),
      expect.stringMatching(
        new RegExp(
          `^FILE:${placeOf(text, second)} a second document begins here.*a profile is one`,
        ),
      ),
    ]);
  },
);

describe('variables are not replaced', () => {
  test.for([
    ['a value', 'perSecond: 120', 'perSecond: ${RATE}', ['${RATE}']],
    ['a value in a block', `section: ${section}`, 'section: ${SECTION}', ['${SECTION}']],
    ['a key', '  customers:', '  ${NAME}:', ['${NAME}']],
    ['a key of a flow', 'perSecond: 120', '${KEY}: 120', ['${KEY}']],
    ['double quotes', `section: ${section}`, 'section: "part ${PART}"', ['${PART}']],
    ['single quotes', `section: ${section}`, "section: 'part ${PART}'", ['${PART}']],
    [
      'a text',
      `section: ${section}`,
      'section: part ${PART}, ${PAGE:-7}',
      ['${PART}', '${PAGE:-7}'],
    ],
    [
      'a text over several lines',
      `section: ${section}`,
      'section: >\n      part\n      ${PART}',
      ['${PART}'],
    ],
    ['a list', 'touches: [CHURN-THROUGHPUT,', 'touches: [${TARGET},', ['${TARGET}']],
    ['a value after an anchor', 'perSecond: 120', 'perSecond: &rate ${RATE}', ['${RATE}']],
    [
      'several places',
      '{ shape: constant, perSecond: 120 }',
      '{ shape: ${SHAPE}, perSecond: ${RATE} }',
      ['${SHAPE}', '${RATE}'],
    ],
    ['another template', 'perSecond: 120', 'perSecond: {{ .Values.rate }}', ['{{ .Values.rate }}']],
  ] as const)('in %s', async ([, before, after, names]) => {
    const text = changed(before, after);
    const [, ...lines] = await refused(text);
    expect(lines).toEqual(
      names.map((name) =>
        expect.stringContaining(
          `FILE:${placeOf(text, name)} ${name}: variables are not replaced in a profile`,
        ),
      ),
    );
  });

  test('in JSON', async () => {
    const text = JSON.stringify(example, null, 2).replace(
      '"perSecond": 120',
      '"perSecond": ${RATE}',
    );
    const [, ...lines] = await refused(text);
    expect(lines).toEqual([
      expect.stringContaining(
        `FILE:${placeOf(text, '${RATE}')} \${RATE}: variables are not replaced`,
      ),
    ]);
  });

  test('in a comment they are free', async () => {
    const text = changed('perSecond: 120 }', 'perSecond: 120 } # was ${RATE}, in {{ values }}');
    expect(await loadProfileFile(file(`# \${HOME}\n${text}`), knownChecks)).toEqual(example);
  });
});

describe('tabs', () => {
  test.for([
    [
      'for spaces',
      changed(
        '    model: churn\n    payloads: { kind: repeated',
        '\tmodel: churn\n    payloads: { kind: repeated',
      ),
    ],
    ['everywhere', exampleText.replaceAll('  ', '\t')],
    ['after spaces', changed('    section: 2.4 Nightly job', '  \tsection: 2.4 Nightly job')],
    ['before a list', changed('  - id: CHURN-ERRORS', '\t- id: CHURN-ERRORS')],
    ['after a dash', changed('  - id: CHURN-ERRORS', '  -\tid: CHURN-ERRORS')],
    [
      'in a flow in a block',
      changed('{ shape: poisson, perSecond: 60 }', '{\n\tshape: poisson,\n\tperSecond: 60 }'),
    ],
  ] as const)('%s are the cause that is told', async ([, text]) => {
    expect(await refused(text)).toEqual([
      'FILE is not valid YAML (1 problem):',
      expect.stringMatching(new RegExp(`^FILE:${placeOf(text, '\t')} a tab .*spaces`)),
    ]);
  });

  test('are free where they indent nothing', async () => {
    expect(await loadProfileFile(file(JSON.stringify(example, null, '\t')), knownChecks)).toEqual(
      example,
    );
    expect(
      await loadProfileFile(file(changed('title: Churn', 'title:\tChurn')), knownChecks),
    ).toEqual(example);
  });
});

describe('encodings', () => {
  const bom = '\ufeff';

  test('a byte order mark and Windows line ends are free', async () => {
    expect(
      await loadProfileFile(file(bom + exampleText.replaceAll('\n', '\r\n')), knownChecks),
    ).toEqual(example);
    expect((await refused(`${bom}id: 1\n`))[1]).toMatch(/^FILE:1:\d/);
  });

  test.for<[string, Uint8Array, RegExp]>([
    [
      'UTF-16',
      Buffer.from(bom + exampleText, 'utf16le'),
      /^The profile file FILE is in UTF-16; save it as UTF-8\.$/,
    ],
    [
      'UTF-16, big end first',
      Buffer.from(bom + exampleText, 'utf16le').swap16(),
      /is in UTF-16; save it as UTF-8/,
    ],
    [
      'UTF-16 without a mark',
      Buffer.from(exampleText, 'utf16le'),
      /is in UTF-16; save it as UTF-8/,
    ],
    [
      'Latin-1',
      Buffer.from('id: a\ntitle: Grün\n', 'latin1'),
      /save it as UTF-8:\nFILE:2:10 .*0xFC/,
    ],
    [
      'a letter cut short',
      Buffer.from([...Buffer.from(`${bom}# ü`), 0xe2, 0x82]),
      /save it as UTF-8:\nFILE:1:4 .*0xE2/,
    ],
  ])('%s is named', async ([, content, message]) => {
    expect((await refused(content)).join('\n')).toMatch(message);
  });
});
