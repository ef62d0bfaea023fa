const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A duration as Prometheus and Alertmanager write it, in the largest unit that it is a whole number of: `5m`, `90s`, `500ms`. */
export function promDuration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  const [unit, size] = units.find(([, one]) => whole % one === 0) ?? units[4];
  return `${whole / size}${unit}`;
}
