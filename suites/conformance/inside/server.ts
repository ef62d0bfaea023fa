import { parseMetricsText } from '../../../evidence/metrics-text.ts';
import type { LentReplica, LentStack } from '../../../fixtures/lent-stack.ts';
import { until } from '../../../fixtures/runtime/ready.ts';
import { SuiteError } from '../../../slo/errors.ts';
import type { CheckContext } from '../../runner/check.ts';
import type { Answer, Http } from '../../runner/http.ts';
import { scoring, scoringText } from '../score/bodies.ts';

type Inside = Pick<CheckContext, 'http' | 'stack' | 'signal'>;

/** The server of a stack that has one. */
export function serverOf({ replicas: [server] }: LentStack): LentReplica {
  if (server === undefined) throw new Error('the stack has no server');
  return server;
}

export const score = (http: Http, data: readonly (readonly number[])[]): Promise<Answer> =>
  http(scoring(data));

let rows = 0;

/** A row of four numbers, of changing signs, that no check has sent before in this process. */
export function newRow(): number[] {
  rows += 1;
  const signs = [0, 1, 2].map((bit) => ((rows >> bit) & 1 ? -1 : 1));
  return [...signs.map((sign, at) => (sign * rows) / (at + 1)), 0.5];
}

/** So many good answers to so many new rows, one request after the other. */
export async function goodAnswers(http: Http, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < count) answers.push(await score(http, [newRow()]));
  return answers;
}

/** Bodies that are refused, each for another reason. */
const refusable = [
  '',
  '{"data":',
  '{"data": "text"}',
  '{"rows": [[1]]}',
  '{"data": [[1], [1, 2]]}',
];

/** So many requests that are refused. */
export async function refusedAnswers(http: Http, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < count) {
    const body = refusable[answers.length % refusable.length] ?? '';
    answers.push(await http(scoringText(body)));
  }
  return answers;
}

/** A metric's value, summed over the series that have these labels; NaN where there is none. */
export type Metrics = (metric: string, labels?: Readonly<Record<string, string>>) => number;

export async function metricsOf({ http, stack }: Pick<Inside, 'http' | 'stack'>): Promise<Metrics> {
  const { text } = await http({ to: serverOf(stack).metricsUrl, path: '' });
  return (metric, labels = {}) => {
    const values = parseMetricsText(text, new Set([metric])).flatMap((sample) =>
      sample.metric === metric &&
      Object.entries(labels).every(([name, value]) => sample.labels[name] === value)
        ? sample.value
        : [],
    );
    return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value);
  };
}

/** Whether the model is loaded, by a metric that none of the checks here is about. */
export async function isLoaded(inside: Inside): Promise<boolean> {
  return !Number.isNaN((await metricsOf(inside))('model_load_seconds'));
}

const loadedWithinMs = 15_000;

/** Waits for the model. Throws `SERVICE_NOT_READY`. */
export async function untilLoaded(inside: Inside): Promise<void> {
  const ask = async () => ((await isLoaded(inside)) ? true : undefined);
  const loaded = await until(ask, {
    withinMs: loadedWithinMs,
    everyMs: 100,
    signal: inside.signal,
  });
  if (loaded === undefined)
    throw new SuiteError(
      'SERVICE_NOT_READY',
      `The model is not loaded within ${loadedWithinMs / 1000} s.`,
    );
}

/**
 * What `ask` sees while the model loads. Throws where it is loaded already: the check came too late to see anything, and that is no fault
 * of the service.
 */
export async function whileLoading<T>(inside: Inside, ask: () => Promise<T>): Promise<T> {
  const seen = await ask();
  if (await isLoaded(inside))
    throw new SuiteError(
      'INTERNAL',
      'The model was loaded before the check had seen the service without it. A stack of its own, on a less busy machine, gives it more time.',
    );
  return seen;
}
