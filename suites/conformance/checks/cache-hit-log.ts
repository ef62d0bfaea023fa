import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Answer } from '../../runner/http.ts';
import { atLeast, is } from '../../runner/matchers.ts';
import { isHit } from '../inside/cache.ts';
import { metricsOf, newRow, score, untilLoaded } from '../inside/server.ts';
import { contains, LogSince } from '../inside/service-log.ts';
import { oneServer } from '../inside/stacks.ts';

const bodies = 5;
const timesEach = 3;

const hitLine = /Cache hit for request (\d+-\d+)/;

export const cacheHitLog = check({
  id: 'cache-hit-log',
  about: 'each hit of the cache is logged and counted, each miss counted',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({}),
  async run(context) {
    const { http, expect } = context;
    await untilLoaded(context);
    const log = await LogSince.now(context);
    const before = await metricsOf(context);
    const answers: Answer[] = [];
    for (let body = 0; body < bodies; body += 1) {
      const data = [newRow()];
      for (let time = 0; time < timesEach; time += 1) answers.push(await score(http, data));
    }
    const after = await metricsOf(context);
    const rise = (metric: string) => after(metric) - before(metric);
    const hits = answers.filter(isHit).length;
    expect.value('hits seen', hits, atLeast(bodies));
    expect.value('hits counted', rise('inference_cache_hits_total'), is(hits));
    const misses = answers.length - hits;
    expect.value('misses counted', rise('inference_cache_misses_total'), is(misses));

    const tellsOfHit = (line: string) => contains(line, 'Cache hit');
    const lines = await log.lines((some) => some.filter(tellsOfHit).length >= hits);
    const ids = lines.flatMap((line) => hitLine.exec(line)?.[1] ?? []);
    expect.value('hits logged', ids.length, is(hits));
    expect.value('requests that the logged hits name', new Set(ids).size, is(hits));
  },
});
