/**
 * Whether a cache answered: `Cache-Status` (RFC 9211), where any cache of the chain says `hit`, or the older `x-cache: HIT`. Undefined
 * when the answer says nothing of a cache.
 */
export function cacheHitOf(
  cacheStatus: string | undefined,
  xCache: string | undefined,
): boolean | undefined {
  if (cacheStatus !== undefined) {
    const unquoted = cacheStatus.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    return /;\s*hit\s*(?:[;,]|=\?1|$)/i.test(unquoted);
  }
  return xCache === undefined ? undefined : /^\s*hit/i.test(xCache);
}
