import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRun } from '../../evidence/reader.ts';
import { runFiles } from '../../evidence/run.ts';
import { scratch } from '../../machine/scratch.testing.ts';
import {
  decisionsIn,
  rightAnswer,
  runGate,
  runJudge,
  serve,
  startGate,
} from './gate-process.testing.ts';
import { leftOf, partOf } from './holdings.testing.ts';

const load = [
  '--targets',
  'AK-SLO-1',
  '--rate',
  '50',
  '--budget',
  '30s',
  '--warmup',
  '1s',
  '--min-time',
  '20s',
];
/** The reference stack in processes; these tests are about how the gate ends, not about what it decides. */
const onStack = ['--runtime', 'processes', ...load];
/** A service that is not ours: there is no stack to wait for. */
const onService = async () => [...(await rightService()), ...load];
const reports = [runFiles.verdicts, runFiles.html, runFiles.junit, runFiles.summary];

/** It is said as soon as the warm-up is over. */
const loadFlows = /judged load, \d+ s/;

async function rightService(): Promise<string[]> {
  const url = await serve((request, response) => {
    request
      .resume()
      .on('end', () =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(rightAnswer),
      );
  });
  return ['--url', url, '--api', 'score'];
}

describe('ended by a signal while load flows', () => {
  test.for([
    ['SIGINT', async () => onStack],
    ['SIGTERM', onService],
    ['SIGQUIT', onService],
    ['SIGUSR2', onService],
  ] as const)('%s: what was recorded is reported, nothing is left', async ([signal, args]) => {
    const gate = startGate(await args());
    await gate.said(loadFlows);
    gate.child.kill(signal);
    expect(await gate.ended).toBe(2);
    expect(gate.output()).toContain(`${signal}: ending`);
    expect(decisionsIn(gate.folder)).toEqual({ 'AK-SLO-1': 'inconclusive' });
    for (const report of reports) expect(existsSync(join(gate.folder, report)), report).toBe(true);
    const { run } = await openRun(gate.folder);
    expect(run.sealed?.end).toBe('interrupted');
    expect(await leftOf(gate)).toEqual([]);
    expect(runJudge(gate.folder).text).toContain('byte for byte');
  });

  test('twice: ends at once, the watchdog clears up, and judge reports', async () => {
    const gate = startGate(await onService());
    await gate.said(loadFlows);
    gate.child.kill('SIGINT');
    await gate.said(/SIGINT: ending/);
    gate.child.kill('SIGINT');
    expect([3, 2]).toContain(await gate.ended);
    expect(await leftOf(gate)).toEqual([]);
    expect(runJudge(gate.folder).text).toContain('AK-SLO-1');
  });

  test('SIGKILL: nothing is left, and judge reports from what was written', async () => {
    // Longer than samples may take to the disk.
    const gate = startGate([...onStack, '--warmup', '3s']);
    await gate.said(loadFlows);
    gate.child.kill('SIGKILL');
    expect(await gate.ended).toBe('SIGKILL');
    expect(await leftOf(gate)).toEqual([]);
    expect(existsSync(join(gate.folder, runFiles.verdicts))).toBe(false);
    const { code, text } = runJudge(gate.folder);
    expect(text).toMatch(/not sealed/);
    expect(code, text).toBe(2);
    let samples = 0;
    for await (const _ of (await openRun(gate.folder)).samples()) samples++;
    expect(samples).toBeGreaterThan(0);
  });

  test('while the stack comes up', async () => {
    const gate = startGate(onStack);
    await gate.said(/redis is ready/);
    gate.child.kill('SIGINT');
    expect(await gate.ended).toBe(3);
    expect(existsSync(join(gate.folder, runFiles.html))).toBe(true);
    expect(await leftOf(gate)).toEqual([]);
  });
});

describe('a part is killed while load flows', () => {
  test('k6: the evidence so far is kept, and the failure is named', async () => {
    const gate = startGate(await onService());
    await gate.said(loadFlows);
    process.kill(partOf(gate, 'k6'), 'SIGKILL');
    expect(await gate.ended).toBe(3);
    expect(decisionsIn(gate.folder)).toEqual({ 'AK-SLO-1': 'invalid' });
    expect(gate.output()).toMatch(/k6 was ended by SIGKILL/i);
    expect(await leftOf(gate)).toEqual([]);
  });

  test('Prometheus: verdicts from the client stand, but the run cannot be reconciled', async () => {
    const gate = startGate([...onStack, '--min-time', '3s', '--budget', '5s']);
    await gate.said(loadFlows);
    process.kill(partOf(gate, 'prometheus'), 'SIGKILL');
    expect(await gate.ended).toBe(3);
    expect(gate.output()).toContain('PROMETHEUS_FAILED');
    expect(await leftOf(gate)).toEqual([]);
  });
});

describe('the run folder', () => {
  test('a full disk: one message, exit 3, and what was written before is kept', async ({
    skip,
  }) => {
    const disk = mkdtempSync(join(tmpdir(), 'gate-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160k', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      rmSync(disk, { recursive: true });
      skip('a small disk cannot be mounted here: that takes root');
    }
    onTestFinished(() => {
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    });
    const args = [
      ...(await rightService()),
      '--targets',
      'AK-SLO-1',
      '--rate',
      '400',
      '--out',
      join(disk, 'run'),
    ];
    const gate = await runGate(args);
    const { code, text } = gate;
    expect(text).toMatch(/EVIDENCE_WRITE_FAILED.*(ENOSPC|no space)/is);
    expect(code).toBe(3);
    expect(await leftOf(gate)).toEqual([]);
    const evidence = await openRun(join(disk, 'run'));
    let samples = 0;
    for await (const _ of evidence.samples()) samples++;
    expect(samples).toBeGreaterThan(0);
  });

  test('one that is not empty is refused before anything starts', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'mine.txt'), '');
    const { code, text } = await runGate(['--out', folder]);
    expect(text).toContain('is not empty');
    expect(code).toBe(64);
  });
});
