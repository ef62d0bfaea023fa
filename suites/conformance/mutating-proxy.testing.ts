import { createServer, type IncomingMessage } from 'node:http';
import { Agent, request } from 'undici';
import { listenOnLoopback } from '../../machine/loopback.ts';

export interface Asked {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Answered {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A defect that a service could have, made of a good one. */
export interface Mutation {
  /** What the service is asked in place of that, or what it answers without being asked. */
  request?(asked: Asked): Asked | Answered;
  answer?(answered: Answered, asked: Asked): Answered;
}

export interface MutatingProxy extends AsyncDisposable {
  /** Base URL. */
  readonly url: string;
  /** From now on; null for none. */
  mutate(mutation: Mutation | null): void;
}

/** For tests: a service in front of a good one, with the defect that it is told to have. */
export async function mutatingProxy(service: string): Promise<MutatingProxy> {
  let mutation: Mutation = {};
  // Balancers close idle connections when they like; one request each cannot meet that.
  const dispatcher = new Agent({ pipelining: 0 });
  const forward = async ({ method, path, headers, body }: Asked): Promise<Answered> => {
    const sent = { method, headers, body: body === '' ? null : body, dispatcher };
    const answer = await request(service + path, sent);
    return {
      status: answer.statusCode,
      headers: endToEnd(answer.headers),
      body: await answer.body.text(),
    };
  };
  const server = createServer(async (incoming, response) => {
    try {
      const asked = await read(incoming);
      const wanted = mutation.request?.(asked) ?? asked;
      const given = 'status' in wanted ? wanted : await forward(wanted);
      const { status, headers, body } = mutation.answer?.(given, asked) ?? given;
      response.writeHead(status, headers).end(body);
    } catch (error) {
      response.writeHead(599).end(`the proxy failed: ${error}`);
    }
  });
  const address = await listenOnLoopback(server);
  return {
    url: `http://${address}`,
    mutate(next) {
      mutation = next ?? {};
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await dispatcher.close();
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const { method = 'GET', url = '/', headers } = incoming;
  return { method, path: url, headers: endToEnd(headers), body: Buffer.concat(chunks).toString() };
}

/** Of one connection alone, or set anew. */
const ofOneHop = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
]);

function endToEnd(headers: IncomingMessage['headers']): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || ofOneHop.has(name) ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(kept);
}
