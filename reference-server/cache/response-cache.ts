/** How a lookup ends. `skipped`: the cache was not asked, because it is left alone or there is no connection. */
export const lookupResults = ['hit', 'miss', 'timeout', 'error', 'skipped'] as const;
export type LookupResult = (typeof lookupResults)[number];
export type Lookup = { kind: 'hit'; value: string } | { kind: Exclude<LookupResult, 'hit'> };

/** What becomes of an answer that the cache is given. */
export const writeResults = ['stored', 'timeout', 'error', 'skipped'] as const;
export type WriteResult = (typeof writeResults)[number];

/** Stores answers. Never fails: a cache that is away says so, and forgets what it is given. */
export interface ResponseCache {
  get(key: string): Promise<Lookup>;
  /** No request waits for it. */
  set(key: string, value: string): Promise<WriteResult>;
  close(): void;
}
