import type { FastifyReply, FastifyRequest } from 'fastify';
import { answeredBelow } from './errors.ts';
import type { ServerEvents } from './events.ts';

/** nginx's status for a client that closed the connection before it had its answer. */
const clientClosedRequest = 499;
let counter = 0;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on inference requests. */
    inference: RequestContext | null;
  }
}

/** The document's request id, `<epoch ms>-<n>`. */
export function newRequestId(): string {
  counter += 1;
  return `${Date.now()}-${counter}`;
}

/** One inference request from its first byte to its end, however it ends: told, timed and logged exactly once. */
export class RequestContext {
  /** The correlation id that the client may send is another. */
  readonly id = newRequestId();
  readonly route: string;
  /** Model named by the request, or `unknown`: a label must not grow with what clients make up. */
  model = 'unknown';
  /** Why it failed, for the log. */
  failure: string | undefined;
  #gone: (() => void) | undefined;

  constructor(route: string, request: FastifyRequest, reply: FastifyReply, events: ServerEvents) {
    const startedAt = performance.now();
    this.route = route;
    const end = (status: number) =>
      this.#end(status, performance.now() - startedAt, request, events);
    let finished = false;
    reply.raw.once('finish', () => {
      finished = true;
      end(reply.statusCode);
    });
    // A connection that breaks before the answer is out is `close` alone, which Fastify's own hook does not see.
    reply.raw.once('close', () => {
      if (finished) return;
      const refusal = answeredBelow.get(request.raw.socket);
      if (refusal !== undefined) this.failure = refusal.message;
      end(refusal?.status ?? clientClosedRequest);
      this.#gone?.();
    });
  }

  /** Has `callback` called if the client goes away before the answer. */
  readonly onGone = (callback: () => void): void => {
    this.#gone = callback;
  };

  #end(status: number, ms: number, { log }: FastifyRequest, events: ServerEvents): void {
    events.emit('requestEnded', {
      route: this.route,
      model: this.model,
      status,
      seconds: ms / 1000,
    });
    const fields = { status, durationMs: Number(ms.toFixed(2)) };
    if (status < 400) {
      log.info(fields, `Request ${this.id} completed in ${ms.toFixed(2)}ms`);
    } else {
      const reason =
        status === clientClosedRequest
          ? 'the client went away'
          : (this.failure ?? `status ${status}`);
      log.warn(fields, `Request ${this.id} failed: ${reason}`);
    }
  }
}
