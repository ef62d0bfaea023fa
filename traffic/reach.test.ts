import { expect, test } from 'vitest';
import { nobodyListens } from '../machine/loopback.testing.ts';
import { reach } from './reach.ts';

test('where nobody listens: the message names the address', async () => {
  const at = await nobodyListens();
  await expect(reach(new URL(`http://${at}/`), {})).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: `No connection to ${at}: connect ECONNREFUSED ${at}. Check the URL, and that the server listens there.`,
  });
});

test.for([
  ['HTTP_PROXY', 'http://svc.invalid:9000/', 'svc.invalid:9000'],
  ['http_proxy', 'http://svc.invalid/', 'svc.invalid'],
  ['HTTPS_PROXY', 'https://svc.invalid:9000/', 'svc.invalid:9000'],
] as const)(
  'where no proxy listens, of %s: the message names it and its variable',
  async ([variable, url, host]) => {
    const at = await nobodyListens();
    await expect(
      reach(new URL(url), { [variable]: `http://hunter:two@${at}` }),
    ).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: `No connection to the proxy ${at} (${variable}), which leads to ${host}: connect ECONNREFUSED ${at}. Check ${variable}, and that the proxy listens there.`,
    });
  },
);
