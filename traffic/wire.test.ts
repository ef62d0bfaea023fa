import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localLimits, outcomes, resending } from '../slo/sample.ts';
import { endLine, readLine, readyLine, startLine, stillLine, type WireListener } from './wire.ts';

const ms = fc.integer({ min: 0, max: 10 ** 10 }).map((micros) => micros / 1000);
const name = fc.option(fc.string({ maxLength: 20 }), { nil: undefined });
const end = fc.record({
  end: ms,
  firstByte: fc.option(ms, { nil: undefined }),
  outcome: fc.constantFrom(...outcomes),
  status: fc.nat(599),
  bytes: fc.nat(),
  error: name,
  limit: fc.option(fc.constantFrom(...localLimits), { nil: undefined }),
  seenLate: fc.option(ms, { nil: undefined }),
  resent: fc.option(fc.constantFrom(...resending), { nil: undefined }),
  replica: name,
  modelVersion: name,
  cacheHit: fc.option(fc.boolean(), { nil: undefined }),
});

/** What a line tells, as the call that it makes. */
function told(line: string): unknown[] {
  const calls: unknown[] = [];
  const call =
    (name: keyof WireListener) =>
    (...args: unknown[]) =>
      void calls.push(name, ...args);
  const known = readLine(line, {
    ready: call('ready'),
    start: call('start'),
    end: call('end'),
    still: call('still'),
  });
  return [known, ...calls];
}

test('what is written is read, in one line each', () => {
  fc.assert(
    fc.property(fc.nat(), ms, ms, end, (index, intendedStart, start, ended) => {
      expect(told(readyLine(start))).toEqual([true, 'ready', start]);
      expect(told(stillLine(start))).toEqual([true, 'still', start]);
      expect(told(startLine(index, intendedStart, start))).toEqual([
        true,
        'start',
        index,
        intendedStart,
        start,
      ]);
      const line = endLine(index, ended);
      expect(line).not.toContain('\n');
      expect(told(line)).toEqual([true, 'end', index, ended]);
    }),
  );
});

test.each(['', 'Request Failed', '>', '>1 2', '>a b c', '<', '<[1,2', '=', '=x', '!', '!x'])(
  '%j is not one of ours',
  (line) => {
    expect(told(line)).toEqual([false]);
  },
);
