import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Late, within } from './within.ts';

const never = new Promise<never>(() => {});

test('what comes in time is handed on, a failure too', async () => {
  expect(await within(10_000, Promise.resolve('answer'))).toBe('answer');
  await expect(within(10_000, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});

test('what does not come is late, and says so', async () => {
  await expect(within(1, never)).rejects.toThrow(new Late(1));
});

test('what has arrived while this process was held up is not late', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = once(server, 'connection');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const [peer]: Socket[] = await accepted;
  try {
    const answer = once(socket, 'data').then(([chunk]) => String(chunk));
    const waited = within(20, answer);
    // The kernel has it before the next line; then nothing runs here until the timer is overdue.
    peer?.write('in time');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    expect(await waited).toBe('in time');
  } finally {
    socket.destroy();
    server.close();
  }
});
