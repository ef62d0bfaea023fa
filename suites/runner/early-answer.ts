import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** Where undici says which socket a request is written to, before the first byte of it is. */
const aboutToSend = 'undici:client:sendHeaders';

/**
 * While `body` is sent by undici, a write that fails does not end its connection: what the other side sent before stays to be read, and
 * then the end of it. A service that refuses a body from its headers answers and closes while we still write; undici would destroy the
 * socket with the answer unread in it. Returns how to stop looking.
 */
export function readOnWhileSending(body: Buffer): () => void {
  const onSend = (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    if (!('request' in message && 'socket' in message)) return;
    const { request, socket } = message;
    // Every request of the process is told of here, and this one is known by its body, which is ours alone.
    const isOurs = typeof request === 'object' && request !== null && 'body' in request;
    if (isOurs && request.body === body && socket instanceof Socket) readOn(socket);
  };
  subscribe(aboutToSend, onSend);
  return () => unsubscribe(aboutToSend, onSend);
}

/** The connection is over with either; reading says so too, after what was sent before. */
const isClosed = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EPIPE' || error.code === 'ECONNRESET');

type Done = (error?: Error | null) => void;
const unlessClosed =
  (done: Done): Done =>
  (error) =>
    isClosed(error) ? done() : done(error);

function readOn(socket: Socket): void {
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, unlessClosed(done));
  const writev = socket._writev?.bind(socket);
  if (writev) socket._writev = (chunks, done) => writev(chunks, unlessClosed(done));
}
