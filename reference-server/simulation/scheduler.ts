/** Time as the device sees it. Milliseconds on a monotonic clock; virtual in tests, so that laws are checked without waiting. */
export interface Scheduler {
  now(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** What a timer of Node can wait for; it takes a longer delay for 1 ms. */
const longestMs = 2 ** 31 - 1;

/** Node's timers. They only wait, so a simulated GPU uses no CPU. */
export const realTime: Scheduler = {
  now: () => performance.now(),
  after(delayMs, callback) {
    // Node truncates delays to whole milliseconds; rounding up keeps a batch from ending early.
    let left = Math.max(0, Math.ceil(delayMs));
    let timer: NodeJS.Timeout;
    const wait = () => {
      const next = Math.min(left, longestMs);
      left -= next;
      timer = setTimeout(left > 0 ? wait : callback, next);
    };
    wait();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`. */
export function sleep(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.after(delayMs, resolve);
  });
}
