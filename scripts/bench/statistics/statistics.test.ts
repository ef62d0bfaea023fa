import { describe, expect, test } from 'vitest';
import { probabilityOfAtLeast } from '../../../slo/statistics/binomial.ts';
import { type Case, cases, cells, nameOf, objectiveOf } from './cells.ts';
import { healthyRuns } from './healthy.ts';
import { type Outcome, simulate } from './simulate.ts';

/**
 * The short form of the tables in docs/statistics-tables.md: the cells that are marked short, with fixed seeds. What it leaves out: the
 * other cells, most streams, and speed (`npm run bench -- --section statistics`).
 */
const streams = 100;
const powerStreams = 10;
/** With a true rate of 1 % of false decisions, so many or more of the streams of a row come by chance with probability 0.05 %. */
const tooMany = 6;

const rows = cells.filter(({ short }) => short === true);
const count = (outcomes: readonly Outcome[], decision: Outcome['decision']) =>
  outcomes.filter((one) => one.decision === decision).length;

test('one row raises a false alarm with a probability of less than one in a thousand, all of them of less than one in twenty', () => {
  const perRow = probabilityOfAtLeast(tooMany, streams, 0.01);
  const tested = 2 * rows.reduce((sum, { allowed }) => sum + allowed.length, 0);
  expect(perRow).toBeLessThan(0.001);
  expect(1 - (1 - perRow) ** tested).toBeLessThan(0.05);
});

describe('the judge on simulated streams', { timeout: 60_000 }, () => {
  test.each(rows.map((cell) => [`${nameOf(cell)} at ${cell.perSecond}/s`, cell] as const))(
    '%s',
    (_, cell) => {
      const all = cell.cases ?? cases;
      const outcomes = Array.from({ length: streams }, (_stream, number) =>
        simulate(cell, 'ci', number, number < powerStreams ? all : ['limit']),
      ).flat();
      for (const allowed of cell.allowed) {
        const of = (which: Case) =>
          outcomes.filter((one) => one.allowed === allowed && one.case === which);
        const row = objectiveOf(cell, allowed);
        expect(of('limit'), row).toHaveLength(streams);
        expect(count(of('limit'), 'pass'), `${row}: false passes`).toBeLessThan(tooMany);
        expect(count(of('limit'), 'fail'), `${row}: false fails`).toBeLessThan(tooMany);
        expect(
          count(of('tenth'), 'fail') + count(of('half'), 'fail'),
          `${row}: false fails below the limit`,
        ).toBeLessThan(2);
        expect(count(of('twice'), 'pass'), `${row}: false passes beyond the limit`).toBeLessThan(2);
      }
    },
  );

  test('independent requests are decided at a tenth, at half and at twice what is allowed', () => {
    const [independent] = rows;
    if (independent === undefined) throw new Error('there is no short cell');
    const outcomes = Array.from({ length: powerStreams }, (_, number) =>
      simulate(independent, 'ci power', number, ['half', 'tenth', 'twice']),
    ).flat();
    for (const { case: which, decision, allowed } of outcomes.filter((one) => one.allowed > 0.001))
      expect(decision, `${which} of ${allowed}`).toBe(which === 'twice' ? 'fail' : 'pass');
  });

  test.each(
    healthyRuns
      .filter(({ perSecond }) => perSecond <= 300)
      .map((service) => [service.name, service] as const),
  )('a healthy service passes as a whole: %s', (_, { run }) => {
    for (let number = 0; number < powerStreams; number += 1)
      expect(run('ci', number)).toMatchObject({ passed: true });
  });
});
