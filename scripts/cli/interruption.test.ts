import { expect, test, vi } from 'vitest';
import { Interruption } from './interruption.ts';

/** Signals as Node tells them, milliseconds apart, and what they do. */
const rows = [
  ['one is in order', ['SIGINT'], 0, ['first SIGINT']],
  ['npm hands on the same Ctrl-C', ['SIGINT', 'SIGINT'], 100, ['first SIGINT']],
  ['a second Ctrl-C', ['SIGINT', 'SIGINT'], 400, ['first SIGINT', 'second SIGINT']],
  ['another one at once', ['SIGINT', 'SIGTERM'], 100, ['first SIGINT', 'second SIGTERM']],
  [
    'a terminal that goes away says so, and its shell does, when it comes to it',
    ['SIGHUP', 'SIGHUP'],
    2000,
    ['first SIGHUP'],
  ],
  [
    'Ctrl-C in a terminal that then goes away',
    ['SIGINT', 'SIGHUP'],
    2000,
    ['first SIGINT', 'second SIGHUP'],
  ],
] as const;

test.each(rows)('%s', (_, signals, apartMs, expected) => {
  const clock = vi.spyOn(performance, 'now');
  const seen: string[] = [];
  class Ended extends Error {}
  using _interruption = new Interruption({
    first: (name) => void seen.push(`first ${name}`),
    second: (name) => {
      seen.push(`second ${name}`);
      throw new Ended();
    },
  });
  try {
    signals.forEach((name, at) => {
      clock.mockReturnValue(1000 + at * apartMs);
      process.emit(name, name);
    });
  } catch (error) {
    expect(error).toBeInstanceOf(Ended);
  }
  clock.mockRestore();
  expect(seen).toEqual(expected);
});
