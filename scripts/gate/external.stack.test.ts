import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { nobodyListens } from '../../machine/loopback.testing.ts';
import { limitedK6 } from '../../traffic/load.testing.ts';
import { decisionsIn, readVerdicts, rightAnswer, runGate, serve } from './gate-process.testing.ts';
import { leftOf } from './holdings.testing.ts';

/** Enough load for a verdict on one latency target of a server that does nothing. */
const quick = [
  '--targets',
  'AK-SLO-1',
  '--rate',
  '100',
  '--budget',
  '20s',
  '--min-time',
  '5s',
  '--warmup',
  '0.5s',
];
/** Enough to see that a server fails. */
const brief = ['--min-time', '4s', '--warmup', '0.5s'];
const at = (url: string, ...more: string[]) => ['--url', url, '--api', 'score', ...quick, ...more];
const json = { 'content-type': 'application/json' };

/** What each file of a run folder holds. */
function everyFile(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const raw = readFileSync(join(parentPath, name));
      return name.endsWith('.gz') ? gunzipSync(raw).toString() : raw.toString();
    });
}

describe('a service that is not ours', () => {
  test('passes, says what could not be reconciled, and no secret is written anywhere', async () => {
    const seen = new Set<string | undefined>();
    const url = await serve((request, response) => {
      if (request.method === 'POST') seen.add(request.headers.authorization);
      response.writeHead(200, json).end(rightAnswer);
    });
    const secret = 'Bearer s3cr3t-t0ken-of-the-test';
    const gate = await runGate(
      at(
        url,
        '--header',
        'env:GATE_TEST_HEADER',
        '--metrics',
        `${url}/metrics?token=an0ther-s3cret`,
      ),
      {
        GATE_TEST_HEADER: `Authorization: ${secret}`,
      },
    );
    const { code, folder, text } = gate;
    expect(text).toContain('AK-SLO-1');
    expect(decisionsIn(folder)).toEqual({ 'AK-SLO-1': 'pass' });
    expect(code).toBe(0);
    expect([...seen]).toEqual([secret]);
    expect(readVerdicts(folder)).toMatchObject({
      simulated: false,
      reconciliation: [{ agrees: null }],
    });
    for (const content of everyFile(folder)) expect(content).not.toMatch(/s3cr3t|an0ther/);
    expect(text).not.toMatch(/s3cr3t|an0ther/);
    expect(await leftOf(gate)).toEqual([]);
  });

  test('a short user, escaped, a password with a bare per cent sign and short parameters of its metrics are sent, and written nowhere', async () => {
    const seen = new Set<string>();
    const url = await serve((request, response) => {
      if (request.method === 'POST') response.writeHead(200, json).end(rightAnswer);
      else {
        seen.add(`${request.headers.authorization} ${request.url}`);
        response.writeHead(403).end();
      }
    });
    const shortLoad = ['--rate', '300', '--budget', '1s', '--min-time', '1s', '--warmup', '0.2s'];
    const { folder, text } = await runGate(
      at(
        url,
        ...shortLoad,
        '--metrics',
        `${url.replace('//', '//q%37Z:x9%@')}/metrics;k=v8J?t=w4K`,
      ),
    );
    const basic = Buffer.from('q7Z:x9%').toString('base64');
    expect([...seen], text).toEqual([`Basic ${basic} /metrics;k=v8J?t=w4K`]);
    const written = [text, ...everyFile(folder)].join('\n');
    expect(written).toContain('status 403');
    for (const secret of ['q%37Z', 'q7Z', 'x9%', 'w4K', 'v8J', basic])
      expect(written).not.toContain(secret);
  });

  test('its own counters are held against the client: less than was seen shows', async () => {
    let answered = 0;
    const url = await serve((request, response) => {
      if (request.url === '/metrics') {
        response
          .writeHead(200, { 'content-type': 'text/plain' })
          .end(`inference_requests_total{status="200"} ${Math.floor(answered / 2)}\n`);
        return;
      }
      answered++;
      response.writeHead(200, json).end(rightAnswer);
    });
    const { folder } = await runGate(
      at(url, '--metrics', `${url}/metrics`, '--targets', 'AK-MET-1'),
    );
    expect(readVerdicts(folder).reconciliation).toMatchObject([
      { rule: 'server-at-least', agrees: false },
    ]);
    expect(decisionsIn(folder)).toMatchObject({ 'AK-SLO-1': 'pass', 'AK-MET-1': 'fail' });
  });

  test('nothing listens: exit 3', async () => {
    const address = await nobodyListens();
    const { code, text } = await runGate(at(`http://${address}`));
    expect(text).toMatch(/SERVICE_UNREACHABLE.*ECONNREFUSED/);
    expect(code).toBe(3);
  });

  test('our own machine runs out of open files: exit 3, whatever the service does, and which limit it was', async () => {
    const url = await serve((_, response) => {
      setTimeout(() => response.writeHead(200, json).end(rightAnswer), 400);
    });
    const { code, folder, text } = await runGate(
      at(url, '--targets', 'AK-SLO-4', '--rate', '500'),
      {
        TAILGATE_K6: await limitedK6('ulimit -n 60'),
      },
    );
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(
      /on our own side open files ran out for [\d,]+ requests/,
    );
    expect(decisionsIn(folder)).toEqual({ 'AK-SLO-1': 'invalid', 'AK-SLO-4': 'invalid' });
    expect(code).toBe(3);
    const evidence = await openRun(folder);
    expect(evidence.run.scenarios[0]?.stop).toBe('client-limit');
    for await (const { outcome, limit, error } of evidence.samples())
      if (outcome === 'local')
        expect([limit, error]).toEqual([
          'descriptors',
          expect.stringContaining('too many open files'),
        ]);
  });

  test('it takes requests and never answers: exit 3', async () => {
    const url = await serve(() => undefined);
    const { code, text } = await runGate(at(url, '--first-answer', '2s'));
    expect(text).toMatch(/SERVICE_UNREACHABLE.*no answer within 2 s/);
    expect(code).toBe(3);
  });

  test('it closes every connection: exit 3', async () => {
    const url = await serve((request) => void request.socket.destroy());
    const { code, text } = await runGate(at(url));
    expect(text).toContain('SERVICE_UNREACHABLE');
    expect(code).toBe(3);
  });

  test.for([
    ['hangs', () => undefined],
    ['closes connections', (socket: { destroy(): void }) => socket.destroy()],
  ] as const)('it answers, and then %s: exit 1', async ([, fault]) => {
    let answers = 0;
    const url = await serve((request, response) => {
      if (++answers > 200) return void fault(request.socket);
      response.writeHead(200, json).end(rightAnswer);
    });
    const { code, folder } = await runGate(at(url, ...brief, '--targets', 'AK-SLO-4'));
    expect(decisionsIn(folder)).toMatchObject({ 'AK-SLO-1': 'fail', 'AK-SLO-4': 'fail' });
    expect(code).toBe(1);
  });

  test('HTML instead of JSON is said before load, and fails: exit 1', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    );
    const { code, folder, text } = await runGate(at(url, ...brief, '--targets', 'AK-SLO-3'));
    expect(text).toMatch(/Warning: .*text\/html/);
    expect(decisionsIn(folder)).toMatchObject({ 'AK-SLO-3': 'fail' });
    expect(code).toBe(1);
  });

  test('a profile of their own, in YAML', async () => {
    const url = await serve((request, response) => {
      const ours = request.url === '/v1/models/ours:predict';
      response.writeHead(ours ? 200 : 404, json).end('{"predictions":[1]}');
    });
    const parent = join(process.env['TMPDIR'] ?? '/tmp', `gate-profile-${process.pid}`);
    mkdirSync(parent, { recursive: true });
    const file = join(parent, 'ours.yaml');
    writeFileSync(
      file,
      `schemaVersion: 1
id: ours
title: Our promises
document: our wiki
scenarios:
  steady: { api: kserve-v1, model: ours, payloads: { kind: unique }, arrivals: { shape: poisson, perSecond: 80 } }
targets:
  - { id: OUR-1, kind: slo, statement: fast, section: Speed, objectives: [{ indicator: latency, scenario: steady, quantile: 0.9, limitMs: 250, limitIs: below }] }
`,
    );
    const options = ['--profile', file, '--budget', '20s', '--min-time', '5s', '--warmup', '0.5s'];
    const { code, folder } = await runGate(['--url', url, '--api', 'kserve-v1', ...options]);
    expect(decisionsIn(folder)).toEqual({ 'OUR-1': 'pass' });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, runFiles.junit), 'utf8')).toContain('OUR-1');
  });
});
