import { type Disk, type Survey, type ToolSurvey, toObtain } from './survey.ts';

const sources = {
  environment: 'named by its variable',
  path: 'on PATH',
  cache: 'in the cache',
  built: 'in the cache',
} as const;

/** The survey for people: what is here, then what would be used, then what is wrong. */
export function surveyText(survey: Survey): string {
  const { memoryMiB } = survey;
  const machine: [string, string][] = [
    [
      'System',
      `${survey.system}, ${survey.architecture}, ${survey.cores} cores, ${gibibytes(memoryMiB.total)} memory (${gibibytes(memoryMiB.free)} free)`,
    ],
    ['Node', `${survey.node}, npm ${survey.npm ?? 'missing'}`],
    ['Go', survey.go ?? 'missing'],
    [
      'Docker',
      'problem' in survey.docker
        ? 'none'
        : `${survey.docker.version}, API ${survey.docker.apiVersion}`,
    ],
    ['Chromium', survey.chromium ?? 'missing'],
    ...survey.disks.map(diskRow),
  ];
  const blocks = [columns(machine), `Tools\n${columns(survey.tools.map(toolRow))}`];
  if (!('problem' in survey.docker)) {
    blocks.push(
      `Images\n${columns(survey.docker.images.map(({ image, state }) => [image, state]))}`,
    );
  }
  blocks.push(columns([runtimeRow('processes', survey), runtimeRow('containers', survey)]));
  if (survey.warnings.length > 0)
    blocks.push(survey.warnings.map((line) => `Warning: ${line}`).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function diskRow({ use, path, freeMiB }: Disk): [string, string] {
  return [`Disk, ${use}`, `${gibibytes(freeMiB)} free at ${path}`];
}

function toolRow({ name, found, otherwise }: ToolSurvey): [string, string] {
  if (found) return [name, `${found.version}, ${sources[found.source]}: ${found.path}`];
  if (otherwise && 'how' in otherwise)
    return [name, `would be ${otherwise.how}, about ${duration(otherwise.takesSeconds)}`];
  return [name, `missing: ${otherwise?.missing ?? 'unknown'}`];
}

function runtimeRow(
  kind: 'processes' | 'containers',
  { runtimes, tools }: Survey,
): [string, string] {
  const label = `--runtime ${kind}`;
  const obstacles = runtimes[kind];
  if (obstacles.length > 0) {
    const missing = tools
      .filter(({ otherwise }) => otherwise && 'missing' in otherwise)
      .map(({ name }) => name);
    return [
      label,
      `cannot run: ${kind === 'processes' ? `${missing.join(', ')} missing, see above` : obstacles.join('; ')}`,
    ];
  }
  const wait =
    kind === 'processes'
      ? toObtain(tools).reduce((sum, { takesSeconds }) => sum + takesSeconds, 0)
      : 0;
  return [label, wait > 0 ? `can run, after about ${duration(wait)} of setting up` : 'can run'];
}

function columns(rows: readonly [string, string][]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function gibibytes(mebibytes: number): string {
  return mebibytes < 1024 ? `${mebibytes} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
