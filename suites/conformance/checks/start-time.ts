import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { between } from '../../runner/matchers.ts';
import { metricsOf } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';
import { numberAt } from '../shared/json.ts';

/** How far two readings of one start may lie apart: a server that starts on a busy machine takes a while. */
const apartSeconds = 5;
/** No stack of a run is older. */
const oldestSeconds = 24 * 3_600;

export const startTime = check({
  id: 'start-time',
  about: 'the service knows when it started: by its metrics, and by the uptime of /health',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    const health = await http({ path: '/health' });
    const now = Date.now() / 1000;
    const uptime = numberAt(health.json, 'uptime_seconds');
    expect.value('uptime_seconds', uptime, between(0.01, oldestSeconds), health);
    const started = (await metricsOf(context))('inference_start_time_seconds');
    const apart = now - uptime - started;
    expect.value(
      'seconds from the start by the metric to that by the uptime',
      apart,
      between(-apartSeconds, apartSeconds),
      health,
    );
  },
});
