import { connect } from 'node:net';
import { SuiteError } from '../slo/errors.ts';
import { addressOf, proxyFor, proxyWords } from './proxy.ts';

/** Longer than a SYN that was lost once or twice takes to be repeated. */
const connectMs = 10_000;

/**
 * Whether anybody takes a connection where requests to `url` would go: the service itself, or its proxy. Takes no tool, so a mistyped
 * address is found before one is built. Throws `SERVICE_UNREACHABLE`.
 */
export async function reach(
  url: URL,
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<void> {
  const proxy = proxyFor(url, environment);
  try {
    await tryConnection(addressOf(proxy?.url ?? url), signal);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const [where, check] =
      proxy === undefined
        ? [url.host, 'the URL, and that the server']
        : [
            `${proxyWords(proxy)}, which leads to ${url.host}`,
            `${proxy.variable}, and that the proxy`,
          ];
    throw new SuiteError(
      'SERVICE_UNREACHABLE',
      `No connection to ${where}: ${reason(cause)}. Check ${check} listens there.`,
      {
        cause,
      },
    );
  }
}

function tryConnection(
  address: { host: string; port: number },
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, signal });
    const timer = setTimeout(
      () => socket.destroy(new Error(`nobody answered within ${connectMs / 1000} s`)),
      connectMs,
    );
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => clearTimeout(timer));
  });
}

/** Of a name with several addresses, the first one's reason says enough. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error)
    return error.errors[0].message;
  return error instanceof Error ? error.message : String(error);
}
