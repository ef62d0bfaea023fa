import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../machine/scratch.testing.ts';
import { rightAnswer, runGate, serve } from './gate-process.testing.ts';

/** Bodies as no JSON library would write them, and Latin letters beyond ASCII to see their bytes. */
const bodies = [
  '{"data":[[1.0,12345678901234567890]]}',
  '{"data" : [[1e400, -0,\t0.10]], "data":[[2.50]]}',
  '{"2":"\\u00e9\\/","1":"é e\u0301 😀 \u2028","data":[[1]]}',
  '{\r\n  "data": [[1.0]]\r\n}',
];

// How files are cut into bodies: `payload-file.test.ts`.
test('what reaches a server is what stands in the file, byte for byte', async () => {
  const file = join(scratch(), 'bodies.json');
  writeFileSync(file, `\ufeff[\r\n${bodies.join(',\r\n')}\r\n]\r\n`);
  const received = new Set<string>();
  const url = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.add(Buffer.concat(chunks).toString('latin1'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer);
    });
  });
  const load = [
    '--targets',
    'AK-SLO-1',
    '--rate',
    '300',
    '--budget',
    '1s',
    '--min-time',
    '1s',
    '--warmup',
    '0.2s',
  ];
  const { text } = await runGate(['--url', url, '--api', 'score', '--payloads', file, ...load]);
  expect([...received].sort(), text).toEqual(
    bodies.map((body) => Buffer.from(body).toString('latin1')).sort(),
  );
});
