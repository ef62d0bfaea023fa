import { describe, expect, test } from 'vitest';
import { Meter } from './meter.ts';
import { inferenceCard } from './profile.ts';

const { idleWatts, busyWatts, ambientCelsius, kelvinPerWatt, thermalSeconds } = inferenceCard;
const settled = (watts: number) => ambientCelsius + kelvinPerWatt * watts;

describe('the meter', () => {
  test('temperature follows the step response of a first-order system', () => {
    const meter = new Meter(inferenceCard, 0);
    expect(meter.read(0).temperatureCelsius).toBe(settled(idleWatts));
    meter.busy(0, 10 * thermalSeconds * 1_000);
    const rise = settled(busyWatts) - settled(idleWatts);
    for (const constants of [1, 2, 5]) {
      const { temperatureCelsius } = meter.read(constants * thermalSeconds * 1_000);
      expect(temperatureCelsius).toBeCloseTo(
        settled(idleWatts) + rise * (1 - Math.exp(-constants)),
        9,
      );
    }
  });

  test('it cools back to where it was', () => {
    const meter = new Meter(inferenceCard, 0);
    meter.busy(0, 60_000);
    expect(meter.read(60_000 + 40 * thermalSeconds * 1_000).temperatureCelsius).toBeCloseTo(
      settled(idleWatts),
      9,
    );
  });

  test('utilisation is the busy share of the last window only', () => {
    const meter = new Meter(inferenceCard, 0);
    meter.busy(0, 400);
    meter.busy(1_500, 1_600);
    expect(meter.read(1_000).utilization).toBeCloseTo(0.4, 12);
    expect(meter.read(2_000).utilization).toBeCloseTo(0.1, 12);
    expect(meter.read(2_550).utilization).toBeCloseTo(0.05, 12);
    expect(meter.read(9_000).utilization).toBe(0);
  });

  test('energy never falls, also when a batch starts a little before the last reading', () => {
    const meter = new Meter(inferenceCard, 0);
    const first = meter.read(1_000).energyJoules;
    meter.busy(999, 1_001);
    expect(meter.read(1_000).energyJoules).toBe(first);
    expect(meter.read(2_000).energyJoules).toBeCloseTo(
      first + 0.001 * busyWatts + 0.999 * idleWatts,
      9,
    );
  });
});
