import { createServer } from 'node:http';
import { listenInTest } from '../machine/loopback.testing.ts';

/** For tests: a Docker engine that has no image, could have every one, and never finishes a pull. */
export async function slowEngine(): Promise<{ DOCKER_HOST: string; pulls: string[] }> {
  const pulls: string[] = [];
  const server = createServer((request, response) => {
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
    if (path.startsWith('/images/create')) {
      pulls.push(path);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .write('{"status":"Pulling"}\n');
    } else if (path === '/info') {
      json(200, {
        ServerVersion: '99.0',
        OperatingSystem: 'none',
        OSType: 'linux',
        Architecture: 'x86_64',
        Labels: [],
      });
    } else if (path.startsWith('/distribution/')) json(200, { Descriptor: {}, Platforms: [] });
    else if (path === '/_ping') response.end('OK');
    else json(404, { message: 'no such thing' });
  });
  return { DOCKER_HOST: `tcp://${await listenInTest(server)}`, pulls };
}
