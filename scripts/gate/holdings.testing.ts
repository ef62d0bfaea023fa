import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { folderPrefix } from '../../fixtures/runtime/clean-up.ts';
import { dockerClient } from '../../fixtures/runtime/docker.ts';
import { journalId, journalLabel } from '../../fixtures/runtime/journal.ts';
import { until } from '../../fixtures/runtime/ready.ts';
import type { GateProcess } from './gate-process.testing.ts';

/** For tests: what a gate holds of this machine, told by its journal and its folder for temporary files from what other runs hold that are there at the same time. */

/** The watchdog's promise. */
const goneWithinMs = 5000;

/** Process number of a part that this gate started. */
export function partOf(gate: GateProcess, binary: string): number {
  const found = processesOf(gate).find(({ executable }) => basename(executable) === binary);
  if (found === undefined) throw new Error(`no ${binary} of this gate runs:\n${gate.output()}`);
  return found.pid;
}

/** Everything that a gate holds: its processes and watchdog, journal, folders, containers, networks and volumes. */
export async function holdingsOf(gate: GateProcess): Promise<string[]> {
  const journal = journalOf(gate);
  return [
    ...processesOf(gate).map(({ pid, command }) => `process ${pid}: ${command}`),
    ...[journal].filter((path) => existsSync(path)),
    ...readdirSync(gate.temporary).filter((name) => name.startsWith(folderPrefix)),
    ...(await containersOf(journal)),
  ];
}

/** What a gate that has ended still holds when the watchdog's time is over. */
export async function leftOf(gate: GateProcess): Promise<string[]> {
  const gone = async () => ((await holdingsOf(gate)).length === 0 ? true : undefined);
  return (await until(gone, { withinMs: goneWithinMs })) ? [] : holdingsOf(gate);
}

function journalOf(gate: GateProcess): string {
  const journal = gate.journal();
  if (journal === undefined) throw new Error(`no journal of this gate was seen:\n${gate.output()}`);
  return journal;
}

/** Its parts, their guards and its watchdog, which inherit its folder for temporary files. */
function processesOf({
  child,
  temporary,
}: GateProcess): { pid: number; executable: string; command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === child.pid) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (!environment.includes(`TMPDIR=${temporary}`)) return [];
      return [
        {
          pid: Number(name),
          executable: readlinkSync(`/proc/${name}/exe`),
          command: command.join(' '),
        },
      ];
    } catch {
      // Ended since it was listed, or somebody else's.
      return [];
    }
  });
}

/** Asked in its own words, not in those of the clean-up that is tested. */
async function containersOf(journal: string): Promise<string[]> {
  if (!existsSync('/var/run/docker.sock')) return [];
  const { dockerode } = (await dockerClient()).container;
  const filters = { label: [`${journalLabel}=${journalId(journal)}`] };
  const [containers, networks, volumes] = await Promise.all([
    dockerode.listContainers({ all: true, filters }),
    dockerode.listNetworks({ filters }),
    dockerode.listVolumes({ filters: JSON.stringify(filters) }),
  ]);
  return [
    ...containers.map(({ Id }) => `container ${Id}`),
    ...networks.map(({ Id }) => `network ${Id}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
  ];
}
