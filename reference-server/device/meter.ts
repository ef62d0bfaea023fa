import type { DeviceProfile } from './profile.ts';

interface Interval {
  start: number;
  end: number;
}

/** What a GPU's sensors say. */
export interface Readings {
  /** Share of the last window in which a batch ran, 0 to 1. */
  utilization: number;
  /** Mean over the last window, watts. */
  powerWatts: number;
  /** Since the start, joules. */
  energyJoules: number;
  temperatureCelsius: number;
}

/**
 * Utilisation, power, energy and temperature from the times in which the device was busy. Power is `idleWatts` or `busyWatts`, so between
 * two changes it is constant and both integrals are exact: energy is a product, temperature an exponential.
 */
export class Meter {
  readonly #profile: DeviceProfile;
  /** Busy times that end inside the last window or later, oldest first. */
  readonly #busy: Interval[] = [];
  /** Index in `#busy` of the first one that is not yet integrated to its end. */
  #open = 0;
  #at: number;
  #startedAt: number;
  #energyJoules = 0;
  #temperature: number;

  constructor(profile: DeviceProfile, now: number) {
    this.#profile = profile;
    this.#at = now;
    this.#startedAt = now;
    this.#temperature = profile.ambientCelsius + profile.kelvinPerWatt * profile.idleWatts;
  }

  /** A batch runs from `start` to `end`. Times are told in order and do not overlap; `end` may lie ahead. */
  busy(start: number, end: number): void {
    // Readings already given stand: what lies before them is not counted again.
    const from = Math.max(start, this.#at);
    if (end > from) this.#busy.push({ start: from, end });
    if (this.#busy.length > 256) this.#advance(from);
  }

  read(now: number): Readings {
    this.#advance(now);
    const { windowMs, idleWatts, busyWatts } = this.#profile;
    const length = Math.min(windowMs, now - this.#startedAt);
    const from = now - length;
    let busyMs = 0;
    for (const { start, end } of this.#busy)
      busyMs += Math.max(0, Math.min(end, now) - Math.max(start, from));
    const utilization = length > 0 ? busyMs / length : 0;
    return {
      utilization,
      powerWatts: idleWatts + (busyWatts - idleWatts) * utilization,
      energyJoules: this.#energyJoules,
      temperatureCelsius: this.#temperature,
    };
  }

  #advance(to: number): void {
    for (
      let next = this.#busy[this.#open];
      next !== undefined && next.start < to;
      next = this.#busy[this.#open]
    ) {
      this.#integrate(next.start, this.#profile.idleWatts);
      this.#integrate(Math.min(next.end, to), this.#profile.busyWatts);
      if (next.end > to) break;
      this.#open += 1;
    }
    this.#integrate(to, this.#profile.idleWatts);
    const outside = this.#busy.findIndex(({ end }) => end > to - this.#profile.windowMs);
    const gone = Math.min(this.#open, outside === -1 ? this.#busy.length : outside);
    this.#busy.splice(0, gone);
    this.#open -= gone;
  }

  #integrate(to: number, watts: number): void {
    if (to <= this.#at) return;
    const seconds = (to - this.#at) / 1000;
    const settled = this.#profile.ambientCelsius + this.#profile.kelvinPerWatt * watts;
    this.#temperature =
      settled + (this.#temperature - settled) * Math.exp(-seconds / this.#profile.thermalSeconds);
    this.#energyJoules += watts * seconds;
    this.#at = to;
  }
}
