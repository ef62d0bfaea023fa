import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkParams } from '../suites/catalogue.ts';
import { profiles } from './index.ts';
import { profileJsonSchema } from './json-schema.ts';
import { profileSchema } from './profile-schema.ts';

const validate = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: true,
  formats: { date: true },
}).compile(profileJsonSchema(checkParams));
const example = (): unknown =>
  parse(readFileSync(new URL('../docs/profile.example.yaml', import.meta.url), 'utf8'));

function errors(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

test('is draft 2020-12', () => {
  expect(profileJsonSchema(checkParams).$schema).toBe(
    'https://json-schema.org/draft/2020-12/schema',
  );
});

test.each(profiles.map((profile) => [profile.id, profile] as const))(
  'accepts the built-in profile %s',
  (_, profile) => {
    expect(errors(profile)).toEqual([]);
  },
);

test('accepts the example, as the profile schema does', () => {
  expect(errors(example())).toEqual([]);
  expect(profileSchema.safeParse(example()).error).toBeUndefined();
});

describe('refuses what the profile schema refuses', () => {
  const first = { id: 'T-1', kind: 'slo', statement: 's', section: 's' };
  const latency = {
    indicator: 'latency',
    scenario: 'load',
    quantile: 0.95,
    limitMs: 1,
    limitIs: 'below',
  };
  const scenario = (arrivals: object) => ({
    api: 'score',
    model: 'm',
    payloads: { kind: 'unique' },
    arrivals,
  });
  const sound = {
    schemaVersion: 1,
    id: 'p',
    title: 't',
    document: 'd',
    scenarios: { load: scenario({ shape: 'constant', perSecond: 1 }) },
    targets: [{ ...first, objectives: [latency] }],
  };
  const target = (objective: object) => ({
    ...sound,
    targets: [{ ...first, objectives: [objective] }],
  });

  test('and accepts the profile that the cases are made from', () => {
    expect(errors(sound)).toEqual([]);
    expect(profileSchema.safeParse(sound).success).toBe(true);
  });

  test('and accepts one without scenarios', () => {
    const { scenarios: _, ...rest } = sound;
    const checksAlone = { ...rest, targets: [{ ...first, checks: [{ check: 'empty-body' }] }] };
    expect(errors(checksAlone)).toEqual([]);
    expect(profileSchema.parse(checksAlone).scenarios).toEqual({});
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['another version', { ...sound, schemaVersion: 2 }],
    ['an unknown key', { ...sound, scenaros: {} }],
    ['a missing title', { ...sound, title: undefined }],
    ['an id with capitals', { ...sound, id: 'P' }],
    ['no targets', { ...sound, targets: [] }],
    ['a target with neither objectives nor a reason', { ...sound, targets: [first] }],
    [
      'a target with both',
      { ...sound, targets: [{ ...first, objectives: [latency], notRun: 'why' }] },
    ],
    ['an unknown kind', { ...sound, targets: [{ ...first, kind: 'slow', notRun: 'why' }] }],
    ['a quantile in percent', target({ ...latency, quantile: 95 })],
    ['a quantile of 1', target({ ...latency, quantile: 1 })],
    ['a limit as text', target({ ...latency, limitMs: '200' })],
    ['a limit of 0', target({ ...latency, limitMs: 0 })],
    ['an unknown indicator', target({ ...latency, indicator: 'p95' })],
    ['a key of another indicator', target({ ...latency, maxShare: 0.1 })],
    ['a scenario name with a blank', { ...sound, scenarios: { 'my load': sound.scenarios.load } }],
    [
      'an unknown shape',
      { ...sound, scenarios: { load: scenario({ shape: 'burst', perSecond: 1 }) } },
    ],
    [
      'a broken number of clients',
      { ...sound, scenarios: { load: scenario({ shape: 'closed', concurrency: 1.5 }) } },
    ],
  ])('%s', (_, wrong) => {
    const asFile: unknown = JSON.parse(JSON.stringify(wrong));
    expect(errors(asFile)).not.toEqual([]);
    expect(profileSchema.safeParse(asFile).success).toBe(false);
  });
});
