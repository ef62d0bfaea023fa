import type { DeviceProfile, ModelCost } from './profile.ts';

/** Device memory that a model takes once loaded, MiB: weights and the working memory of a full batch. */
export function footprintMiB(
  cost: Pick<ModelCost, 'weightsMiB' | 'activationMiB' | 'maxBatch'>,
): number {
  return cost.weightsMiB + cost.activationMiB * cost.maxBatch;
}

/** How long loading takes, milliseconds. */
export function loadMs(
  device: Pick<DeviceProfile, 'loadFixedMs' | 'loadMiBPerSecond'>,
  weightsMiB: number,
): number {
  return device.loadFixedMs + (1000 * weightsMiB) / device.loadMiBPerSecond;
}

/** Who holds how much of the device's memory. Nothing is ever promised twice. */
export class Memory {
  readonly #totalMiB: number;
  readonly reservedMiB: number;
  readonly #held = new Map<string, number>();

  constructor(totalMiB: number, reservedMiB: number) {
    this.#totalMiB = totalMiB;
    this.reservedMiB = reservedMiB;
  }

  get usedMiB(): number {
    let used = 0;
    for (const size of this.#held.values()) used += size;
    return used;
  }

  get freeMiB(): number {
    return this.#totalMiB - this.reservedMiB - this.usedMiB;
  }

  /** Whether `owner` got `sizeMiB`; when not, nothing has changed. */
  take(owner: string, sizeMiB: number): boolean {
    if (this.#held.has(owner) || sizeMiB > this.freeMiB) return false;
    this.#held.set(owner, sizeMiB);
    return true;
  }
}
