import { expect, test } from 'vitest';
import { cacheHeaders, cacheHitOf } from './cache-hit.ts';

type Headers = Readonly<Record<string, string>>;
const read = (headers: Headers) => cacheHitOf((name) => headers[name]);

const said: [Headers, boolean | undefined][] = [
  [{ 'Cache-Status': 'redis; hit' }, true],
  [{ 'Cache-Status': 'redis; hit; ttl=376' }, true],
  [{ 'Cache-Status': 'Origin; fwd=miss, Edge; hit' }, true],
  [{ 'Cache-Status': 'redis; fwd=miss; stored' }, false],
  [{ 'Cache-Status': 'redis; detail="; hit"; fwd=miss' }, false],
  [{ 'Cache-Status': 'redis; hit=?0' }, false],
  [{ 'X-Cache': 'HIT' }, true],
  [{ 'X-Cache': 'Hit from front' }, true],
  [{ 'X-Cache': 'HIT from proxy.example:3128' }, true],
  [{ 'X-Cache': 'TCP_HIT from a.example (cache/9.0)' }, true],
  [{ 'X-Cache': 'TCP_MEM_HIT' }, true],
  [{ 'X-Cache': 'TCP_REMOTE_HIT' }, true],
  [{ 'X-Cache': 'MISS, HIT' }, true],
  [{ 'X-Cache': 'HIT, MISS' }, true],
  [{ 'X-Cache': 'MISS' }, false],
  [{ 'X-Cache': 'MISS, MISS' }, false],
  [{ 'X-Cache': 'Miss from cloudfront' }, false],
  [{ 'X-Cache': 'RefreshHit from cloudfront' }, false],
  [{ 'X-Cache': 'TCP_REFRESH_HIT' }, false],
  [{ 'X-Cache': 'TCP_REFRESH_MISS' }, false],
  [{ 'X-Cache': 'PARTIAL_HIT' }, false],
  [{ 'X-Cache': 'CONFIG_NOCACHE' }, undefined],
  [{ 'X-Cache': 'Error from cloudfront' }, undefined],
  [{ 'X-Cache': 'white' }, undefined],
  [{ 'Cf-Cache-Status': 'HIT' }, true],
  [{ 'Cf-Cache-Status': 'STALE' }, true],
  [{ 'Cf-Cache-Status': 'UPDATING' }, true],
  [{ 'Cf-Cache-Status': 'MISS' }, false],
  [{ 'Cf-Cache-Status': 'EXPIRED' }, false],
  [{ 'Cf-Cache-Status': 'REVALIDATED' }, false],
  [{ 'Cf-Cache-Status': 'BYPASS' }, false],
  [{ 'Cf-Cache-Status': 'DYNAMIC' }, undefined],
  [{ 'Cf-Cache-Status': 'NONE/UNKNOWN' }, undefined],
  [{ 'X-Cache-Status': 'hit' }, true],
  [{ 'X-Cache-Status': 'EXPIRED' }, false],
  [{ 'X-Cache-Status': '-' }, undefined],
  [{ 'X-Proxy-Cache': 'HIT' }, true],
  [{ 'X-Proxy-Cache': 'MISS' }, false],
  [{ 'X-Varnish': '32770 3' }, true],
  [{ 'X-Varnish': '32770' }, false],
  [{ 'X-Varnish': '32770, 98306 65542' }, true],
  [{ 'X-Varnish': 'yes' }, undefined],
  [{ 'Cache-Status': 'redis; fwd=miss', 'X-Cache': 'HIT' }, true],
  [{ 'Cache-Status': 'redis; hit', 'Cf-Cache-Status': 'MISS' }, true],
  [{ 'Cache-Status': 'redis; fwd=miss', 'Cf-Cache-Status': 'DYNAMIC' }, false],
  [{ Age: '17' }, undefined],
  [{}, undefined],
];

test.each(said)('%j', (headers, expected) => {
  expect(read(headers)).toBe(expected);
});

test('each header is read by a case here, and has its name in the form that k6 shows', () => {
  for (const [name] of cacheHeaders) {
    expect(said.flatMap(([headers]) => Object.keys(headers))).toContain(name);
    expect(name).toMatch(/^[A-Z][a-z]*(?:-[A-Z][a-z]*)*$/);
  }
});
