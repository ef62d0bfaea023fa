/** Reads one header's value: whether it tells of a hit, or of none; undefined where it says nothing of a cache. */
type Reader = (value: string) => boolean | undefined;

/**
 * Where caches say whether they answered. Names as k6 shows them (Go's canonical form), whatever case they came in; it joins several
 * lines of one name by commas.
 *
 * `Age` is not among them: caches send `Age: 0` with what they have just fetched, and a hit within the first second has the same.
 */
export const cacheHeaders: readonly (readonly [name: string, read: Reader])[] = [
  // RFC 9211. A cache that stands in the list without `hit` has sent the request on.
  ['Cache-Status', (value) => /;\s*hit\s*(?:[;,]|=\?1|$)/i.test(value.replace(quoted, '""'))],
  // Squid, Fastly, CloudFront, Akamai, Azure Front Door: https://www.fastly.com/documentation/reference/http/http-headers/X-Cache/
  ['X-Cache', ofWords],
  // https://developers.cloudflare.com/cache/concepts/cache-responses/
  ['Cf-Cache-Status', ofWords],
  // What people call `$upstream_cache_status`: https://nginx.org/en/docs/http/ngx_http_upstream_module.html#var_upstream_cache_status
  ['X-Cache-Status', ofWords],
  ['X-Proxy-Cache', ofWords],
  // The id of this request, and of the one that filled the cache if it was a hit: https://varnish-cache.org/docs/trunk/reference/http_headers.html
  ['X-Varnish', (value) => anyOf(value, hitOfIds)],
];

/** `"a; hit"` is what a cache is called, or a detail. */
const quoted = /"(?:[^"\\]|\\.)*"/g;

/**
 * First words of an entry. A hit came out of the cache without an answer of the service, stale or not. What the service had to confirm
 * first (`REVALIDATED`, `RefreshHit`, `TCP_REFRESH_HIT`) was sent on, which is no hit by RFC 9211, 2.1. All other words say nothing:
 * Cloudflare's `DYNAMIC` stands on every answer that nobody asked it to keep.
 */
const hit = /^(?:(?:tcp_)?(?:(?:mem|ims|inm|negative|offline|remote)_)?hit|stale|updating)$/;
const noHit =
  /^(?:(?:\w+_)?miss|expired|bypass|pass|revalidated|refreshhit|(?:tcp_)?(?:refresh|partial)_\w+)$/;

function ofWords(value: string): boolean | undefined {
  return anyOf(value, (entry) => {
    const [word = ''] = entry.toLowerCase().split(/[\s;:]/, 1);
    return hit.test(word) ? true : noHit.test(word) ? false : undefined;
  });
}

function hitOfIds(entry: string): boolean | undefined {
  return /^\d+ \d+$/.test(entry) ? true : /^\d+$/.test(entry) ? false : undefined;
}

function anyOf(value: string, read: Reader): boolean | undefined {
  return anyHit(value.split(',').map((entry) => read(entry.trim())));
}

/** Of several caches in a row any may have answered; what it stored may carry the miss of another one with which it came. */
function anyHit(said: readonly (boolean | undefined)[]): boolean | undefined {
  if (said.includes(true)) return true;
  return said.includes(false) ? false : undefined;
}

/** Whether a cache answered, by the headers of an answer; undefined when none of them says anything of a cache. */
export function cacheHitOf(header: (name: string) => string | undefined): boolean | undefined {
  return anyHit(
    cacheHeaders.map(([name, read]) => {
      const value = header(name);
      return value === undefined ? undefined : read(value);
    }),
  );
}
