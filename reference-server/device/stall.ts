/** The device stands still for `ms`, every `everyMs`, the first time at `firstAt` on the device's clock. `ms < everyMs`. */
export interface Stall {
  ms: number;
  everyMs: number;
  firstAt: number;
}

/** When the stall that `at` lies in ends; `at` itself when it lies in none. */
export function stallEnd(stall: Stall | undefined, at: number): number {
  if (stall === undefined || at < stall.firstAt) return at;
  const start = stall.firstAt + Math.floor((at - stall.firstAt) / stall.everyMs) * stall.everyMs;
  return Math.max(at, start + stall.ms);
}

/** When work of `workMs` that starts at `start` is done, given that it pauses in every stall it meets. In closed form: whatever the stall, it has an end. */
export function finishTime(stall: Stall | undefined, start: number, workMs: number): number {
  if (stall === undefined) return start + workMs;
  const { ms, everyMs, firstAt } = stall;
  const at = stallEnd(stall, start);
  const begun = Math.max(0, Math.floor((at - firstAt) / everyMs) + 1);
  const nextStall = firstAt + begun * everyMs;
  const stallsMet = Math.max(0, Math.ceil((at + workMs - nextStall) / (everyMs - ms)));
  return at + workMs + stallsMet * ms;
}
