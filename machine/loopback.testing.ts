import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from './loopback.ts';

/** For tests: `host:port` of a server that ends with the test. */
export function listenInTest(server: Server): Promise<string> {
  onTestFinished(() => {
    if (server instanceof HttpServer || server instanceof HttpsServer) server.closeAllConnections();
    server.close();
  });
  return listenOnLoopback(server);
}

/** For tests: `host:port` where nobody listens. */
export async function nobodyListens(): Promise<string> {
  const server = createServer();
  const address = await listenOnLoopback(server);
  await new Promise((closed) => server.close(closed));
  return address;
}
