import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CheckParams } from '../../slo/check-record.ts';
import type { CheckVerdict } from '../../slo/verdict.ts';
import type { Check } from '../runner/check.ts';
import {
  type Asked,
  deviations,
  judgeExternal,
  subjects,
} from '../runner/external-session.testing.ts';
import { httpMethods } from './checks/http-methods.ts';
import { jsonStrictness } from './checks/json-strictness.ts';
import { v1ContentType } from './checks/v1-content-type.ts';
import { v1Errors } from './checks/v1-errors.ts';
import { v1Instances } from './checks/v1-instances.ts';
import { v1Method } from './checks/v1-method.ts';
import { v1Models } from './checks/v1-models.ts';
import { v1Predict } from './checks/v1-predict.ts';
import { type Given, type Handler, type Reply, serve, v1 } from './v1-server.testing.ts';

const checks: readonly Check[] = [
  v1Predict,
  v1Errors,
  v1Models,
  v1Instances,
  v1ContentType,
  v1Method,
  httpMethods,
  jsonStrictness,
];

const all: readonly Asked[] = checks.map((check) => [check]);

async function judged(handler: Handler, asked = all): Promise<CheckVerdict[]> {
  await using server = await serve(handler);
  return await judgeExternal({ url: server.url, api: 'kserve-v1', model: 'rows' }, asked);
}

/** The server, but where `when` holds, with another reply. */
const but =
  (
    when: (given: Given, right: Reply) => boolean,
    reply: (right: Reply) => Partial<Reply>,
  ): Handler =>
  (given) => {
    const right = v1(given);
    return when(given, right) ? { ...right, ...reply(right) } : right;
  };

const isPredict = ({ method, path }: Given) => method === 'POST' && path.endsWith(':predict');
const predicts = (given: Given, { status }: Reply) => isPredict(given) && status === 200;
const isRefused = (_: Given, { status }: Reply) => status >= 400;
const says =
  (error: string) =>
  (_: Given, { body }: Reply) =>
    isDeepStrictEqual(body, { error });
const asks = (method: string, path: string) => (given: Given) =>
  given.method === method && given.path === path;
const isOfType = (pattern: RegExp) => (given: Given) =>
  isPredict(given) && pattern.test(given.contentType);

const failure = () => ({ status: 500 });
const notFound = () => ({ status: 404 });
const body = (value: unknown) => () => ({ body: value });
const predicted = (value: unknown) => () => ({ status: 200, body: value });

/** Each defect, and what it makes fail: all of it, and nothing else. */
const defects: Record<string, { server: Handler; fails: Record<string, string[]> }> = {
  'every prediction fails': {
    server: but(predicts, failure),
    fails: { 'v1-predict': ['instances'], 'json-strictness': ['a right request'] },
  },
  'there is one prediction, however many instances': {
    server: but(predicts, body({ predictions: [1] })),
    fails: { 'v1-predict': ['the number of predictions'] },
  },
  'predictions have another name': {
    server: but(predicts, body({ outputs: [1, 1] })),
    fails: { 'v1-predict': ['the body of the answer', 'the number of predictions'] },
  },
  'there is no JSON for a prediction': {
    server: but(predicts, body({ predictions: [null, null] })),
    fails: { 'v1-predict': ['the body of the answer', 'the number of predictions'] },
  },
  'what is no JSON is a failure': {
    server: but(says('no JSON'), failure),
    fails: {
      'v1-errors': ['malformed JSON', 'an empty body'],
      'json-strictness': ['invalid UTF-8', 'a key that stands twice', 'NaN'],
    },
  },
  'what has no list of instances is a failure': {
    server: but(says('instances must be a list'), failure),
    fails: {
      'v1-errors': ['instances that are no list'],
      'v1-instances': [
        'instances that are null',
        'no instances',
        'a body that is null',
        'a body that is a list',
      ],
    },
  },
  'a gateway refuses whatever is wrong': {
    server: but(says('no JSON'), () => ({ status: 429 })),
    fails: {
      'v1-errors': ['malformed JSON', 'an empty body'],
      'json-strictness': ['invalid UTF-8', 'a key that stands twice', 'NaN'],
    },
  },
  'an unknown model is a bad request': {
    server: but(says('no such model'), () => ({ status: 400 })),
    fails: { 'v1-errors': ['an unknown model'], 'v1-models': ['an unknown model'] },
  },
  'errors are told as FastAPI does': {
    server: but(isRefused, () => ({ status: 422, body: { detail: [] } })),
    fails: {
      'v1-errors': ['an error told as "detail"', 'an unknown model'],
      'v1-models': ['an unknown model'],
      'http-methods': ['PUT where predictions are made', 'a path that is not there'],
    },
  },
  'errors are plain text': {
    server: but(isRefused, body('it went wrong')),
    fails: { 'v1-errors': ['the body of an error'] },
  },
  'there is no list of models': {
    server: but(asks('GET', '/v1/models'), notFound),
    fails: { 'v1-models': ['the list of models'] },
  },
  'the list of models is empty': {
    server: but(asks('GET', '/v1/models'), body({ models: [] })),
    fails: { 'v1-models': ['the models in it'] },
  },
  'the model says nothing of itself': {
    server: but(asks('GET', '/v1/models/rows'), notFound),
    fails: { 'v1-models': ['the model'] },
  },
  'it is ready in a text': {
    server: but(asks('GET', '/v1/models/rows'), body({ name: 'rows', ready: 'True' })),
    fails: { 'v1-models': ['what it says of itself'] },
  },
  'a charset is refused': {
    server: but(isOfType(/;/), failure),
    fails: { 'v1-content-type': ['with a charset'] },
  },
  'another case is refused': {
    server: but(isOfType(/[A-Z]/), failure),
    fails: { 'v1-content-type': ['in another case'] },
  },
  'another method is not found': {
    server: but(({ path }, { status }) => status === 405 && path !== '/v1/models', notFound),
    fails: {
      'v1-method': ['GET on :predict', 'PUT on :predict', 'POST on a model'],
      'http-methods': ['PUT where predictions are made'],
    },
  },
  'another method is answered as if it were the right one': {
    server: but((_, { status }) => status === 405, predicted({ predictions: [1] })),
    fails: {
      'v1-method': ['GET on :predict', 'PUT on :predict', 'POST on a model'],
      'http-methods': ['PUT where predictions are made'],
    },
  },
  'Allow names another method': {
    server: but(
      (_, { status }) => status === 405,
      () => ({ allow: 'HEAD' }),
    ),
    fails: {
      'v1-method': [
        'Allow, after GET on :predict',
        'Allow, after PUT on :predict',
        'Allow, after POST on a model',
      ],
      'http-methods': ['Allow of the 405'],
    },
  },
  'every path is served': {
    server: but(says('no such path'), predicted({})),
    fails: { 'http-methods': ['a path that is not there'] },
  },
  'NaN comes back': {
    server: but(({ body: sent }) => sent.includes('NaN'), predicted('{"predictions": [NaN]}')),
    fails: { 'json-strictness': ['NaN'] },
  },
  'NaN gets a prediction': {
    server: but(({ body: sent }) => sent.includes('NaN'), predicted({ predictions: [0] })),
    fails: {},
  },
};

test('of a server that is right nothing deviates', async () => {
  expect(deviations(await judged(v1))).toEqual({});
});

test.each(Object.entries(defects))('%s', async (_, { server, fails }) => {
  expect(deviations(await judged(server))).toEqual(fails);
});

test('nothing is looked at that none of these defects makes fail', async () => {
  const failing = Object.values(defects).flatMap(({ fails }) => pairs(fails));
  expect(pairs(subjects(await judged(v1))).filter((pair) => !failing.includes(pair))).toEqual([]);
});

const pairs = (of: Record<string, readonly string[]>) =>
  Object.entries(of).flatMap(([check, all]) => all.map((subject) => `${check}: ${subject}`));

describe("TensorFlow Serving's V1", () => {
  const status = (state: string) =>
    but(asks('GET', '/v1/models/rows'), body({ model_version_status: [{ version: '1', state }] }));
  const models = async (server: Handler, params: CheckParams) =>
    deviations(await judged(server, [[v1Models, params]]));

  test('has no list, and says that a version is available', async () => {
    const tensorflow = { flavour: 'tensorflow' };
    expect(await models(status('AVAILABLE'), tensorflow)).toEqual({});
    expect(await models(status('LOADING'), tensorflow)).toEqual({
      'v1-models': ['what it says of itself'],
    });
    expect(await models(status('AVAILABLE'), {})).toEqual({
      'v1-models': ['what it says of itself'],
    });
  });
});

test('a model of other things than rows is asked for what it takes', async () => {
  const images: Handler = (given) =>
    isPredict(given) && given.body.toString() === '{"instances":[{"b64":"AA=="}]}'
      ? { status: 200, body: { predictions: [[0.1, 0.9], [0]] } }
      : { status: 400, body: { error: 'an image is needed' } };
  const params = { instances: [{ b64: 'AA==' }], onePerInstance: false };
  expect(deviations(await judged(images, [[v1Predict, params]]))).toEqual({});
});
