/** There was no answer in time. */
export class Late extends Error {
  override readonly name = 'Late';

  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/**
 * What `work` comes to. @throws Late when it takes longer than `ms`.
 * A process that was held up runs its timers before it reads its sockets, so it looks there once more before it calls an answer late:
 * its own pause is not the other side's.
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Late(ms))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
