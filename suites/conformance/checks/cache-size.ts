import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { between } from '../../runner/matchers.ts';
import { cacheOf, openCache } from '../inside/cache.ts';
import { oneServer } from '../inside/stacks.ts';

export const cacheSize = check({
  id: 'cache-size',
  about: 'Redis names the documented size as its limit; it is not filled',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({ gigabytes: z.number().positive() }),
  async run({ expect, stack }, { gigabytes }) {
    await using cache = await openCache(cacheOf(stack));
    // A gigabyte is 10⁹ bytes to some, 2³⁰ to others.
    const documented = between(gigabytes * 1e9, gigabytes * 2 ** 30);
    expect.value('bytes that Redis takes at most', await cache.info('maxmemory'), documented);
  },
});
