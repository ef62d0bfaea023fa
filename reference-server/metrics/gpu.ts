import { createHash } from 'node:crypto';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { GpuReadings } from '../device/gpu.ts';
import type { Observed } from './metric-set.ts';

/** The default counters of NVIDIA's dcgm-exporter that the device model has a law for. */
const gauges: readonly { name: string; help: string; value: (readings: GpuReadings) => number }[] =
  [
    {
      name: 'DCGM_FI_DEV_GPU_UTIL',
      help: 'GPU utilization (in %), simulated.',
      value: (gpu) => 100 * gpu.utilization,
    },
    {
      name: 'DCGM_FI_DEV_FB_USED',
      help: 'Framebuffer memory used (in MiB), simulated.',
      value: (gpu) => gpu.usedMiB,
    },
    {
      name: 'DCGM_FI_DEV_FB_FREE',
      help: 'Framebuffer memory free (in MiB), simulated.',
      value: (gpu) => gpu.freeMiB,
    },
    {
      name: 'DCGM_FI_DEV_FB_RESERVED',
      help: 'Framebuffer memory reserved (in MiB), simulated.',
      value: (gpu) => gpu.reservedMiB,
    },
    {
      name: 'DCGM_FI_DEV_GPU_TEMP',
      help: 'GPU temperature (in C), simulated.',
      value: (gpu) => gpu.temperatureCelsius,
    },
    {
      name: 'DCGM_FI_DEV_POWER_USAGE',
      help: 'Power draw (in W), simulated.',
      value: (gpu) => gpu.powerWatts,
    },
  ];

/** Exposes the device's sensors, read at each scrape, under the names and labels of dcgm-exporter. */
export function registerGpuMetrics(
  registry: Registry,
  { gpu, gpuModel, seed, replica }: Observed,
): void {
  const labels = {
    gpu: '0',
    UUID: deviceUuid(seed, replica),
    device: 'nvidia0',
    modelName: gpuModel,
    Hostname: replica,
  };
  const labelNames = Object.keys(labels);
  const registers = [registry];
  for (const { name, help, value } of gauges) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.set(labels, value(gpu.read()));
      },
    });
  }
  new Counter({
    name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
    help: 'Total energy consumption since the start (in mJ), simulated.',
    labelNames,
    registers,
    collect() {
      this.reset();
      this.inc(labels, 1000 * gpu.read().energyJoules);
    },
  });
}

function deviceUuid(seed: number, replica: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([seed, replica]))
    .digest('hex');
  return `GPU-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
