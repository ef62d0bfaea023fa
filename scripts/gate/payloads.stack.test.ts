import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rightAnswer, runGate, serve } from './gate-process.ts';

/** Bodies as no JSON library would write them, and Latin letters beyond ASCII to see their bytes. */
const bodies = [
  '{"data":[[1.0,12345678901234567890]]}',
  '{"data" : [[1e400, -0,\t0.10]], "data":[[2.50]]}',
  '{"2":"\\u00e9\\/","1":"é e\u0301 😀 \u2028","data":[[1]]}',
];

test.for([
  ['an array', `\ufeff[\r\n${bodies.join(',\r\n')}\r\n]\r\n`, bodies],
  ['lines', `${bodies.join('\r\n')}\r\n`, bodies],
  ['one body over several lines', '{\r\n  "data": [[1.0]]\r\n}\r\n', ['{\r\n  "data": [[1.0]]\r\n}']],
] as const)('what reaches a server from %s is what stands in the file, byte for byte', async ([, content, sent]) => {
  const folder = mkdtempSync(join(tmpdir(), 'gate-payloads-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bodies.json');
  writeFileSync(file, content);
  const received = new Set<string>();
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.add(Buffer.concat(chunks).toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
    });
  });
  const load = ['--only', 'AK-SLO-1', '--rate', '100', '--budget', '4s', '--min-time', '2s', '--warmup', '1s'];
  const { text } = await runGate(['--target', url, '--api', 'score', '--payloads', file, ...load]);
  expect([...received].sort(), text).toEqual(sent.map((body) => Buffer.from(body).toString('latin1')).sort());
});
