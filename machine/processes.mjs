import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

// Plain JavaScript on built-ins alone: `fixtures/tools/lock.mjs` uses it before anything is installed, on whatever Node runs npm.

/**
 * A process, told apart from a later one that got the same number. `started` is whatever the system says of when it started; only ever
 * compared for equality.
 *
 * @typedef {{ pid: number, started: string }} ProcessIdentity
 */

/**
 * What Linux says of a process that runs, undefined when there is none with this number. A zombie no longer runs.
 *
 * @param {number} pid
 */
export function processStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold spaces and parentheses itself, so fields are counted from the last one: see proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (/** @type {number} */ number) => fields[number - 3] ?? '';
  if (field(3) === 'Z' || field(3) === 'X') return undefined;
  return {
    parent: Number(field(4)),
    group: Number(field(5)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    started: field(22),
  };
}

/**
 * The identity of a running process, null when there is none with this number.
 *
 * @param {number} pid
 * @returns {ProcessIdentity | null}
 */
export function processIdentity(pid) {
  if (process.platform === 'linux') {
    const stat = processStat(pid);
    return stat === undefined ? null : { pid, started: stat.started };
  }
  try {
    return {
      pid,
      started: execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
      }).trim(),
    };
  } catch {
    return null;
  }
}

/**
 * Whether this very process, not a later one of the same number, still runs.
 *
 * @param {ProcessIdentity} identity
 */
export function isRunning({ pid, started }) {
  return processIdentity(pid)?.started === started;
}

/** Where process numbers mean the same: one boot of one machine, and one process namespace of it. */
export function processScope() {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
