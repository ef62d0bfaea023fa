import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { parts, type ToolName } from '../../fixtures/services/parts.ts';
import type { Recipe } from '../../fixtures/spec/part.ts';
import { distribution } from '../../fixtures/tools/apt-sources.ts';
import { goVersion } from '../../fixtures/tools/build-go.ts';
import { toolNames, toolSpec } from '../../fixtures/tools/catalogue.ts';
import { lookUpTool, type Tool } from '../../fixtures/tools/index.ts';
import { howToObtain, type Obtainable } from '../../fixtures/tools/obtain.ts';
import { askVersion } from '../../fixtures/tools/version.ts';
import { cacheFolder } from '../../machine/own-folders.ts';
import { standing } from '../../machine/standing.ts';
import { type Docker, surveyDocker } from './docker.ts';

export interface Disk {
  /** What is kept there. */
  use: string;
  path: string;
  freeMiB: number;
  neededMiB: number;
}

export interface ToolSurvey {
  name: ToolName;
  found?: Tool;
  /** How it would be had, where it was not found. */
  otherwise?: Obtainable;
  /** Found, but not usable, and why. */
  rejected: string[];
}

/** What this machine has and what would be used: the object that `--json` prints. */
export interface Survey {
  system: string;
  architecture: string;
  cores: number;
  memoryMiB: { total: number; free: number };
  disks: Disk[];
  node: string;
  npm?: string;
  go?: string;
  docker: Docker;
  tools: ToolSurvey[];
  chromium?: string;
  /** Whether the gate could run, and what stands in its way; `warnings` do not. */
  runtimes: { processes: string[]; containers: string[] };
  warnings: string[];
}

const mebibyte = 2 ** 20;
/** Room that a run's evidence and reports may take, and that a build's intermediate files take. */
const runMiB = 500;
const draftMiB = 1_000;
/** Below this, servers, load and Prometheus together are likely to be killed. */
const memoryMiB = 2_000;

export async function survey(environment: NodeJS.ProcessEnv = process.env): Promise<Survey> {
  const tools = await Promise.all(toolNames.map((name) => surveyTool(name, environment)));
  const [docker, go, npm, disks, { name: system }] = await Promise.all([
    surveyDocker(),
    goVersion(environment),
    askVersion('npm', npmQuestion, environment),
    surveyDisks(tools, environment),
    distribution(),
  ]);
  const chromium = await findChromium(environment);
  const found = {
    system: system || process.platform,
    architecture: process.arch,
    cores: availableParallelism(),
    memoryMiB: { total: Math.floor(totalmem() / mebibyte), free: Math.floor(freemem() / mebibyte) },
    disks,
    node: process.version,
    ...('version' in npm && { npm: npm.version }),
    ...('version' in go && { go: go.version }),
    docker,
    tools,
    ...(chromium !== undefined && { chromium }),
  };
  return { ...found, runtimes: obstacles(found), warnings: warnings(found) };
}

async function surveyTool(name: ToolName, environment: NodeJS.ProcessEnv): Promise<ToolSurvey> {
  try {
    const { tool, rejected } = await lookUpTool(name, environment);
    return tool
      ? { name, found: tool, rejected }
      : { name, otherwise: await howToObtain(name, environment), rejected };
  } catch (error) {
    // Its variable names something unusable: the gate would refuse to start.
    const message = error instanceof Error ? error.message : String(error);
    return { name, otherwise: { missing: message }, rejected: [] };
  }
}

/** The recipes that would have to be made first. */
export function toObtain(tools: readonly ToolSurvey[]): Recipe[] {
  const missing = tools.filter(({ otherwise }) => otherwise && 'how' in otherwise);
  return [...new Set(missing.map(({ name }) => toolSpec(name).recipe))];
}

async function surveyDisks(
  tools: readonly ToolSurvey[],
  environment: NodeJS.ProcessEnv,
): Promise<Disk[]> {
  const cacheMiB = toObtain(tools).reduce((sum, { takesMiB }) => sum + takesMiB, 0);
  const wanted = [
    { use: 'tools', path: cacheFolder(environment), neededMiB: cacheMiB },
    { use: 'runs', path: standing, neededMiB: runMiB },
    { use: 'temporary files', path: tmpdir(), neededMiB: cacheMiB > 0 ? draftMiB : runMiB },
  ];
  return Promise.all(wanted.map(async (disk) => ({ ...disk, freeMiB: await freeMiB(disk.path) })));
}

/** Free space where a folder is or would be made. */
async function freeMiB(path: string): Promise<number> {
  const there = existsSync(path) ? path : dirname(path);
  if (there !== path) return freeMiB(there);
  const { bavail, bsize } = await statfs(path);
  return Math.floor((bavail * bsize) / mebibyte);
}

const npmQuestion = { versionArgs: ['--version'], versionPattern: /^(\d+(?:\.\d+)+\S*)/ };

/** The browser of the report's tests; the gate needs none. */
async function findChromium(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { chromium } = await import('@playwright/test');
  const candidates = [
    environment['TAILGATE_CHROMIUM'],
    '/usr/bin/chromium',
    chromium.executablePath(),
  ];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** What keeps the gate from running in each runtime; nothing, where it can. */
function obstacles({ tools, docker }: Pick<Survey, 'tools' | 'docker'>): Survey['runtimes'] {
  const missing = tools.flatMap(({ name, otherwise }) =>
    otherwise && 'missing' in otherwise ? [`${name}: ${otherwise.missing}`] : [],
  );
  if ('problem' in docker) return { processes: missing, containers: [docker.problem] };
  // What is for the load runs from its image only where it cannot run as a process.
  const forLoad = parts.filter(({ needed }) => needed === 'for load').map(({ name }) => name);
  const needed = docker.images.filter(
    ({ part }) => !forLoad.includes(part) || missing.some((line) => line.startsWith(`${part}:`)),
  );
  const absent = needed.filter(({ state }) => state === 'unavailable');
  const hint = `${absent.length} images are neither here nor can be pulled. On a machine without a registry run \`npm run images\` once`;
  return { processes: missing, containers: absent.length > 0 ? [hint] : [] };
}

function warnings({
  disks,
  memoryMiB: { total },
  tools,
  chromium,
}: Omit<Survey, 'runtimes' | 'warnings'>): string[] {
  const full = disks.filter(({ freeMiB: free, neededMiB }) => free < neededMiB);
  return [
    ...full.map(
      ({ use, path, freeMiB: free, neededMiB }) =>
        `${path} (${use}) has ${free} MiB free; ${neededMiB} MiB may be needed.`,
    ),
    ...(total < memoryMiB
      ? [`There are ${total} MiB of memory; the stack and its load want ${memoryMiB} MiB.`]
      : []),
    ...tools.flatMap(({ rejected }) => rejected.map((line) => `Not usable: ${line}.`)),
    ...(chromium === undefined
      ? [
          "There is no Chromium, so the report's browser tests cannot run: install one, or name it in TAILGATE_CHROMIUM.",
        ]
      : []),
  ];
}
