/** What a model costs on the device. */
export interface ModelCost {
  /** Weights in device memory, MiB. */
  weightsMiB: number;
  /** Working memory for each request of a full batch, MiB. */
  activationMiB: number;
  /** Service time of a batch: `fixedMs + perRowMs * rows`. */
  fixedMs: number;
  perRowMs: number;
  /** Standard deviation of the logarithm of the service time; 0 is none. The mean does not depend on it. */
  jitter: number;
  /** Requests in a batch at most. */
  maxBatch: number;
  /** How long a batch that is not full waits for more, counted from its oldest request. */
  maxWaitMs: number;
  /** Requests that may wait at most; more are refused. */
  queueLimit: number;
}

/** A model that a system serves unless it is told otherwise. */
export interface ServedModel {
  name: string;
  version: string;
  cost: ModelCost;
}

/** The simulated GPU itself. */
export interface DeviceProfile {
  /** As the metrics name it; says that it is simulated. */
  modelName: string;
  memoryMiB: number;
  /** Taken by driver and context, never free. */
  reservedMiB: number;
  /** Loading a model takes `loadFixedMs + weights / loadMiBPerSecond`. */
  loadFixedMs: number;
  loadMiBPerSecond: number;
  idleWatts: number;
  /** Power while a batch runs. */
  busyWatts: number;
  ambientCelsius: number;
  /** Thermal resistance: kelvin above ambient per watt, once settled. */
  kelvinPerWatt: number;
  /** Time constant of heating and cooling, seconds. */
  thermalSeconds: number;
  /** Window of utilisation and of the power reading, milliseconds. */
  windowMs: number;
}

/** A mid-range inference card. The figures are of that class, not of a product. */
export const inferenceCard: DeviceProfile = {
  modelName: 'Simulated GPU 16 GB',
  memoryMiB: 16_384,
  reservedMiB: 512,
  loadFixedMs: 200,
  loadMiBPerSecond: 4_096,
  idleWatts: 18,
  busyWatts: 72,
  ambientCelsius: 30,
  kelvinPerWatt: 0.6,
  thermalSeconds: 40,
  windowMs: 1_000,
};
