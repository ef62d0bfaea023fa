import type { Answered, Asked, Mutation } from '../mutating-proxy.testing.ts';

/** For tests: defects of services, to be put together. */

const isGood = ({ status }: Answered) => status < 400;

/** Where what was asked for is answered well, or badly. */
type Where = 'good' | 'bad';

export function answers(
  where: Where,
  path: string,
  change: (answered: Answered, asked: Asked) => Partial<Answered>,
): Mutation {
  return {
    answer: (answered, asked) =>
      asked.path === path && isGood(answered) === (where === 'good')
        ? { ...answered, ...change(answered, asked) }
        : answered,
  };
}

/** The JSON of answers, changed. */
export function json(where: Where, path: string, change: (value: unknown) => unknown): Mutation {
  return answers(where, path, ({ body }) => ({ body: JSON.stringify(change(JSON.parse(body))) }));
}

/** One field of the JSON of answers, at the end of its path. A field that is to be `undefined` is left out. */
export function field(
  where: Where,
  path: string,
  names: readonly string[],
  change: (value: unknown) => unknown,
): Mutation {
  return json(where, path, (value) => withField(value, names, change));
}

function withField(
  value: unknown,
  [name, ...inner]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value);
  const object = typeof value === 'object' && value !== null ? value : {};
  return { ...object, [name]: withField(Reflect.get(object, name), inner, change) };
}

/** Bodies of `POST /score`, changed before the service sees them. */
export function bodies(change: (body: string) => string): Mutation {
  return {
    request: (asked) =>
      asked.path === '/score'
        ? {
            ...asked,
            headers: { ...asked.headers, 'content-type': 'application/json' },
            body: change(asked.body),
          }
        : asked,
  };
}

/** `data` of such bodies; what has none goes through as it is. */
export function data(change: (data: unknown) => unknown): Mutation {
  return bodies((body) => {
    const value = dataIn(body);
    return value === undefined ? body : JSON.stringify({ data: change(value) });
  });
}

/** Refuses such bodies though they are good. */
export function refuses(isRefused: (body: string) => boolean): Mutation {
  return {
    request: (asked) =>
      asked.path === '/score' && isRefused(asked.body)
        ? { status: 400, headers: { 'content-type': 'application/json' }, body: '{"error":"no"}' }
        : asked,
  };
}

export function dataIn(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? Reflect.get(value, 'data') : undefined;
  } catch {
    return undefined;
  }
}

export const rowsIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
