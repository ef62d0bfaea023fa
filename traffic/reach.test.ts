import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { listenOnLoopback } from '../machine/loopback.ts';
import { reach } from './reach.ts';

/** An address on which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  const address = await listenOnLoopback(server);
  await new Promise((closed) => server.close(closed));
  return address;
}

test('where nobody listens: the message names the address', async () => {
  const at = await nobody();
  await expect(reach(new URL(`http://${at}/`), {})).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: `No connection to ${at}: connect ECONNREFUSED ${at}. Check the URL, and that the server listens there.`,
  });
});

test.for([
  ['HTTP_PROXY', 'http://svc.invalid:9000/', 'svc.invalid:9000'],
  ['http_proxy', 'http://svc.invalid/', 'svc.invalid'],
  ['HTTPS_PROXY', 'https://svc.invalid:9000/', 'svc.invalid:9000'],
] as const)('where no proxy listens, of %s: the message names it and its variable', async ([variable, url, host]) => {
  const at = await nobody();
  await expect(reach(new URL(url), { [variable]: `http://hunter:two@${at}` })).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: `No connection to the proxy ${at} (${variable}), which leads to ${host}: connect ECONNREFUSED ${at}. Check ${variable}, and that the proxy listens there.`,
  });
});
