import { expect, test } from 'vitest';
import { onRealServer } from '../../fixtures/real-servers/on-real-server.testing.ts';
import type { RealServerName } from '../../fixtures/real-servers/servers.ts';
import type { ServerOptions } from '../../fixtures/real-servers/start.ts';
import type { CheckParams } from '../../slo/check-record.ts';
import type { Api } from '../../slo/profile.ts';
import { deviations, judgeExternal } from '../runner/external-session.testing.ts';
import { checks } from './checks/index.ts';

/** The checks that ask such a service, by name, with what the profile gives them. */
const asked: Record<Api, Record<string, CheckParams>> = {
  score: {
    'score-answer': { clockMinutes: 5 },
    'health-answer': {},
    'probes-ready': {},
    'empty-body': {},
    'max-elements': { limit: 100_000 },
    'max-characters': { limit: 10_000_000 },
    'max-rows': { limit: 100 },
    'max-features': { limit: 1_000 },
    dimensions: { most: 2 },
    'structured-errors': { maxElements: 100_000, clockMinutes: 5 },
    'error-texts': { maxElements: 100_000, maxMegabytes: 10 },
    'http-methods': {},
    'http-framing': {},
    'json-strictness': {},
  },
  'kserve-v1': {
    'v1-predict': {},
    'v1-errors': {},
    'v1-models': {},
    'v1-instances': {},
    'v1-content-type': {},
    'v1-method': {},
    'http-methods': {},
    'http-framing': {},
    'json-strictness': {},
  },
};

interface Row {
  server: RealServerName;
  /** What of it is set up in another way. */
  as: string;
  options?: ServerOptions;
  api: Api;
  /** What of each check is not as expected; of one that is not named here, nothing. */
  deviates: Record<string, string[]>;
}

const azureMl = {
  // It serves none of them: that it lives, it says at `/`.
  'health-answer': ['/health'],
  'probes-ready': ['/readiness', '/liveness'],
  // 500 for what is no JSON, in words of the server and not of the script.
  'empty-body': ['an empty body', 'no body and no content type', 'white space alone'],
  'structured-errors': [
    'an empty body: status',
    'an empty body: body',
    'what is no JSON: status',
    'what is no JSON: body',
    'rows of different lengths: status',
    'rows of different lengths: body',
    'request ids that differ',
  ],
  'error-texts': ['an empty body', 'null'],
  // This script has no such limits, and takes rows of any length.
  'max-rows': ['one row more'],
  'max-features': ['one feature more'],
  // There is none.
  'http-methods': ['Allow of the 405'],
  'http-framing': ['no Host'],
  // The last of them counts. NaN comes back as it went in.
  'json-strictness': ['a key that stands twice', 'NaN'],
};

/** Of a script that returns its errors as it does any answer, all that is refused with 400 above is 200. */
const azureMlLenient = {
  ...azureMl,
  'empty-body': [...azureMl['empty-body'], 'null', 'an object without anything'],
  'max-elements': ['one element more', 'one element more, in one dimension'],
  'max-characters': ['one character more'],
  dimensions: ['a number alone', 'one dimension more'],
  'structured-errors': [
    ...azureMl['structured-errors'],
    'no data: status',
    'too many elements: status',
    'text in place of numbers: status',
    'three dimensions: status',
  ],
};

const rows: readonly Row[] = [
  { server: 'azure-ml', as: 'its script answers errors with 400', api: 'score', deviates: azureMl },
  {
    server: 'azure-ml',
    as: 'its script returns errors as any answer, with 200',
    options: { env: { ERROR_STATUS: '200' } },
    api: 'score',
    deviates: azureMlLenient,
  },
  {
    server: 'kserve',
    as: 'as it is',
    api: 'kserve-v1',
    deviates: {
      // 500: left to the model.
      'v1-instances': ['no instances', 'a body that is null', 'a body that is a list'],
      // 500: only these very characters are taken for JSON.
      'v1-content-type': ['with a charset', 'in another case'],
      // 404: no model of that name; and PUT is told to use GET.
      'v1-method': ['GET on :predict', 'Allow, after PUT on :predict'],
      'http-methods': ['Allow of the 405'],
      'http-framing': ['two Hosts', 'no Host'],
      'json-strictness': ['a key that stands twice'],
    },
  },
  {
    server: 'torchserve',
    as: 'with its KServe envelope',
    api: 'kserve-v1',
    deviates: {
      // 503 for all that is wrong; an unknown model is told as code, type and message.
      'v1-errors': [
        'malformed JSON',
        'an empty body',
        'instances that are no list',
        'the body of an error',
      ],
      // It has no such routes.
      'v1-models': [
        'the list of models',
        'the models in it',
        'the model',
        'what it says of itself',
      ],
      'v1-instances': [
        'instances that are null',
        'no instances',
        'a body that is null',
        'a body that is a list',
      ],
      // It runs the model whatever the method is; it has no routes of models.
      'v1-method': ['GET on :predict', 'PUT on :predict', 'POST on a model'],
      'http-methods': ['PUT where predictions are made'],
      'http-framing': ['two Hosts', 'no Host'],
      'json-strictness': ['invalid UTF-8', 'a key that stands twice'],
    },
  },
];

for (const { server: name, as, api, options, deviates } of rows) {
  onRealServer(
    name,
    (server) => {
      test(`what is not as it should be, ${as}`, async () => {
        const verdicts = await judgeExternal(
          { url: server().url, api, model: 'rows' },
          Object.entries(asked[api]).map(([id, params]) => [checkOf(id), params]),
        );
        expect(inAnyOrder(deviations(verdicts))).toEqual(inAnyOrder(deviates));
      });
    },
    options,
  );
}

function checkOf(id: string) {
  const found = checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`there is no check "${id}"`);
  return found;
}

const inAnyOrder = (of: Record<string, readonly string[]>) =>
  Object.fromEntries(Object.entries(of).map(([check, all]) => [check, all.toSorted()]));
