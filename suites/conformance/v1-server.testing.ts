import { isUtf8 } from 'node:buffer';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../../machine/loopback.ts';
import { isObject } from '../../traffic/apis/format.ts';

/** A request as it came. */
export interface Given {
  method: string;
  path: string;
  /** As it was sent. */
  contentType: string;
  body: Buffer;
}

export interface Reply {
  status: number;
  /** Written as JSON; a text as it is. */
  body: unknown;
  allow?: string;
}

export type Handler = (given: Given) => Reply;

/** For tests: serves what `handler` says on a free port of the loopback. */
export async function serve(handler: Handler) {
  const server = createServer(async (request, response) => {
    const { status, body, allow } = handler({
      method: request.method ?? '',
      path: decodeURIComponent(request.url ?? ''),
      contentType: request.headers['content-type'] ?? '',
      body: await buffer(request),
    });
    response.writeHead(status, { ...(allow !== undefined && { allow }) });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return {
    url: `http://${await listenOnLoopback(server)}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

const refusal = (status: number, error: string, allow?: string): Reply => ({
  status,
  body: { error },
  ...(allow !== undefined && { allow }),
});

/** For tests: KServe's V1 with the model `rows`, as strict as the checks would have it. */
export const v1: Handler = ({ method, path, contentType, body }) => {
  const [, model, verb] = /^\/v1\/models\/([^/:]+)(:predict)?$/.exec(path) ?? [];
  if (path !== '/v1/models' && model === undefined) return refusal(404, 'no such path');
  if (verb === undefined && method !== 'GET') return refusal(405, 'use GET', 'GET');
  if (path === '/v1/models') return { status: 200, body: { models: ['rows'] } };
  if (model !== 'rows') return refusal(404, 'no such model');
  if (verb === undefined) return { status: 200, body: { name: model, ready: true } };
  if (method !== 'POST') return refusal(405, 'use POST', 'OPTIONS, POST');
  if (!/^application\/json(;|$)/i.test(contentType)) return refusal(415, 'JSON is needed');
  const text = body.toString();
  if (!isUtf8(body) || text.split('"instances"').length > 2) return refusal(400, 'no JSON');
  return predict(text);
};

function predict(text: string): Reply {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return refusal(400, 'no JSON');
  }
  const rows: unknown = isObject(request) ? Reflect.get(request, 'instances') : undefined;
  if (!Array.isArray(rows)) return refusal(400, 'instances must be a list');
  return { status: 200, body: { predictions: rows.map(() => 1) } };
}
