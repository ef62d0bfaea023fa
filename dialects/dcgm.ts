import type { Dialect, Row } from './dialect.ts';
import type { Unit } from './signals.ts';

/** Names of its default counters, for whoever shows them under these. */
export function gpuRows(labels: readonly string[]) {
  const gauge = (metric: string, unit: Unit): Row => ({ metric, kind: 'gauge', unit, labels });
  return {
    gpuUtilization: gauge('DCGM_FI_DEV_GPU_UTIL', 'percent'),
    gpuMemoryUsed: gauge('DCGM_FI_DEV_FB_USED', 'mebibytes'),
    gpuMemoryFree: gauge('DCGM_FI_DEV_FB_FREE', 'mebibytes'),
    gpuTemperature: gauge('DCGM_FI_DEV_GPU_TEMP', 'celsius'),
    gpuPower: gauge('DCGM_FI_DEV_POWER_USAGE', 'watts'),
  } as const satisfies Dialect['rows'];
}

/** It calls the host `Hostname`, and `hostname` in versions after 4.5.3. */
const labels = ['gpu', 'UUID', 'pci_bus_id', 'device', 'modelName', 'Hostname'];

/** NVIDIA's exporter of what GPUs tell of themselves, on a machine with GPUs. */
export const dcgm: Dialect = {
  name: 'dcgm',
  title: 'dcgm-exporter',
  source: {
    kind: 'composed',
    server: 'dcgm-exporter',
    from: 'NVIDIA/dcgm-exporter@00d6d34, etc/default-counters.csv',
  },
  negotiates: false,
  rows: {
    ...gpuRows(labels),
    gpuXid: {
      metric: 'DCGM_FI_DEV_XID_ERRORS',
      kind: 'gauge',
      unit: 'code',
      labels: [...labels, 'err_code', 'err_msg'],
      note: 'the number of the last error, which never clears: only its changes tell of one',
    },
  },
};
