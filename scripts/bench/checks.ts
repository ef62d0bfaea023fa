import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import type { Exchange } from '../../evidence/exchange.ts';
import { RecordLog } from '../../evidence/record-log.ts';
import { openReferenceStack } from '../../fixtures/reference-service.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { StackLender } from '../../fixtures/stack-lender.ts';
import { usualTopology } from '../../fixtures/topology.ts';
import type { Observation } from '../../slo/check-record.ts';
import { expectInto } from '../../suites/runner/expect.ts';
import { httpFor } from '../../suites/runner/http.ts';
import { success } from '../../suites/runner/matchers.ts';
import { Numbers } from '../../suites/runner/numbers.ts';
import { dispatcherAs } from '../../traffic/node-client.ts';
import type { BenchRow } from './server.ts';

const exchanges = 300;
const body = JSON.stringify({ data: [[0.1, 0.2, 0.3, 0.4]] });

/** What a check adds to its HTTP exchanges, and a stack that is lent beside one that is started. */
export async function benchChecks(): Promise<BenchRow[]> {
  return [await exchangeOverhead(), await lending()];
}

/** The same requests to a bare server on the loopback: as a check asks, observed and on record, beside undici alone on fresh connections. */
async function exchangeOverhead(): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), 'tailgate-bench-'));
  const server = createServer((asked, answer) => {
    asked.resume().on('end', () => answer.end('{"predictions":[1],"metadata":{}}'));
  });
  const url = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object')
        resolve(`http://127.0.0.1:${address.port}`);
    });
  });
  try {
    const dispatcher = dispatcherAs({}, {});
    const observations = new RecordLog<Observation>(join(folder, 'checks'));
    const records = new RecordLog<Exchange>(join(folder, 'exchanges'));
    const same = (text: string) => text;
    const expect = expectInto((observation) => observations.write(observation), same);
    const http = httpFor({
      url,
      headers: {},
      dispatcher,
      redact: same,
      write: (exchange) => records.write(exchange),
      next: new Numbers().nextExchange,
      run: 0,
      now: () => Date.now(),
      signal: new AbortController().signal,
    });
    const asCheck = async () => {
      const answer = await http({
        path: '/score',
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect.status('an answer', answer, success);
    };
    const alone = async () => {
      const agent = dispatcher(new URL(url));
      const answer = await request(`${url}/score`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
        dispatcher: agent,
      });
      await answer.body.text();
      await agent.destroy();
    };
    await meanMs(alone);
    const [value, peer] = [await meanMs(asCheck), await meanMs(alone)];
    observations.close();
    records.close();
    return {
      name: 'an exchange of a check, observed and on record, beside undici alone',
      value,
      unit: 'ms',
      peer,
      ratio: value / peer,
    };
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function meanMs(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  for (let done = 0; done < exchanges; done += 1) await work();
  return (performance.now() - began) / exchanges;
}

/** The usual stack of processes: borrowed a second time, beside the time that it took to start. */
async function lending(): Promise<BenchRow> {
  await using watchdog = await startWatchdog();
  const logFolder = watchdog.makeFolder();
  await using lender = new StackLender((topology) =>
    openReferenceStack({
      system: 'mlops-aks',
      runtime: 'processes',
      topology,
      number: 1,
      withLoad: false,
      seed: 1,
      logFolder,
      watchdog,
      note: () => undefined,
      onStarted: async () => undefined,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }),
  );
  const lend = async () => {
    const began = performance.now();
    await lender.lend(usualTopology());
    return performance.now() - began;
  };
  const [peer, value] = [await lend(), await lend()];
  return {
    name: 'a stack that is lent beside one that is started',
    value,
    unit: 'ms',
    peer,
    ratio: value / peer,
  };
}
