import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { payloadTooLarge } from './input.ts';
import { Refusal } from './refusal.ts';

/** The body of an error in the form of the server's system. Without the id of a request it makes one up. */
export type ErrorBody = (refusal: Refusal, requestId?: string) => object;

/** Answers whatever a request meets. `mostCharacters` is the limit that is named to who sends too much. */
export function answerError(errorBody: ErrorBody, mostCharacters: number) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { inference, log } = request;
    const known = asRefusal(error, mostCharacters);
    if (known === undefined) {
      const what = inference ? `Request ${inference.id}` : `${request.method} ${request.url}`;
      log.error({ err: error }, `${what} met an error of the server's own`);
    }
    const refusal = known ?? new Refusal('INFERENCE_FAILED', 'Internal error');
    if (inference) inference.failure = refusal.message;
    return reply
      .code(refusal.status)
      .headers(refusal.headers)
      .send(errorBody(refusal, inference?.id));
  };
}

/** What Fastify and Node refuse by themselves. */
const refusals: Record<string, (mostCharacters: number) => Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: payloadTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Refusal('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Refusal('INVALID_JSON', 'Request body is not as long as Content-Length says'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Refusal('EMPTY_BODY', 'Request body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new Refusal('INVALID_JSON', 'Request body is not valid JSON'),
  FST_ERR_BAD_URL: () =>
    new Refusal(
      'BAD_REQUEST',
      'After each % in the path two hexadecimal digits of UTF-8 must come',
    ),
  ECONNRESET: () => new Refusal('CLIENT_GONE', 'the client went away'),
};

/** What a request can be told about an error; undefined for a fault of the server's own, whose text may hold paths. */
function asRefusal(error: unknown, mostCharacters: number): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return refusals[String(error.code)]?.(mostCharacters);
}

/** Answers what never becomes a request of Fastify's: bytes that are no HTTP, and what Node would refuse with an empty answer. */
export function answerBelow({ server }: FastifyInstance, errorBody: ErrorBody): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const refusal = new Refusal('EXPECTATION_FAILED', 'Expect can only be 100-continue');
    const { headers, body } = plainAnswer(refusal, errorBody);
    response.writeHead(refusal.status, headers).end(body);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    closeWith(socket, new Refusal('METHOD_UNKNOWN', 'This is no proxy: no CONNECT'), errorBody);
  });
}

/** Node's reasons to give up on a connection; any other is no HTTP. */
const unreadable: Record<string, Refusal> = {
  ERR_HTTP_REQUEST_TIMEOUT: new Refusal('REQUEST_TIMEOUT', 'The request took too long to arrive'),
  HPE_HEADER_OVERFLOW: new Refusal('HEADERS_TOO_LARGE', 'Path and headers are larger than 16 KiB'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new Refusal('PAYLOAD_TOO_LARGE', 'Chunk extensions are too large'),
};

/** What was answered on a connection whose bytes could not be read to the end of a request. That request's own answer is never sent. */
export const answeredBelow = new WeakMap<Duplex, Refusal>();

/** Answers a connection whose bytes could not be read as a request, and closes it. */
export function answerUnreadable(errorBody: ErrorBody) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return;
    const refusal =
      unreadable[error.code ?? ''] ??
      new Refusal('BAD_REQUEST', `The request is not valid HTTP (${error.code})`);
    // A client that goes away in the middle may still read, but what ended its request is its going.
    if (error.code !== 'HPE_INVALID_EOF_STATE') answeredBelow.set(socket, refusal);
    closeWith(socket, refusal, errorBody);
  };
}

function closeWith(socket: Duplex, refusal: Refusal, errorBody: ErrorBody): void {
  const { headers, body } = plainAnswer(refusal, errorBody);
  const lines = Object.entries({ ...headers, connection: 'close' }).map((pair) => pair.join(': '));
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines];
  // Whatever else the client sends, this was the last of this connection.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function plainAnswer(refusal: Refusal, errorBody: ErrorBody) {
  const body = JSON.stringify(errorBody(refusal));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    date: new Date().toUTCString(),
    ...refusal.headers,
  };
  return { headers, body };
}
