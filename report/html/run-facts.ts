import { type ComponentChild, h } from 'preact';
import { type Run, runFiles } from '../../evidence/run.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { countNoteWords } from '../content/caveats.ts';
import {
  count,
  duration,
  gibibytes,
  integer,
  milliseconds,
  shellQuote,
  significant,
  utc,
} from '../content/format.ts';
import { folderOf } from '../content/run-folder.ts';
import type { ScenarioSummary } from '../content/summarise.ts';
import { runtimeWords, stopWords } from '../content/wording.ts';
import { dataTable, facts } from './elements.ts';

const number = (title: string) => ({ title, numeric: true });

/** How well our own client did: what `invalid` is decided on. */
export function clientHealth(run: Run, summaries: readonly ScenarioSummary[]): ComponentChild {
  const rows = run.scenarios.map((record) => {
    const { client } = record;
    const lateness = summaries.find((summary) => summary.name === record.name)?.lateness;
    return [
      record.name,
      endOf(client?.exitCode, client?.signal),
      client === undefined ? '–' : integer(client.dropped),
      orDash(lateness?.quantileMs(0.99)),
      orDash(lateness?.maxMs),
      orDash(client?.loopLagP99Ms),
      orDash(client?.clockJumpMs),
      client?.cpuCores === undefined ? '–' : significant(client.cpuCores),
      record.failure ?? (record.stop === undefined ? 'the run was killed' : stopWords[record.stop]),
    ];
  });
  return dataTable(
    'Health of our own client',
    [
      { title: 'Scenario' },
      { title: 'Load generator ended' },
      number('Arrivals dropped'),
      number('Lateness p99'),
      number('Lateness at most'),
      number('Event-loop lag p99'),
      number('Clock jump'),
      number('Cores used'),
      { title: 'Why it stopped' },
    ],
    rows,
  );
}

/** The client's counts beside the server's own. */
export function reconciliation(verdicts: RunVerdicts): ComponentChild[] {
  return verdicts.reconciliation.map(({ profile, scenario, rule, agrees, notes, rows }) => {
    const says = agrees === null ? 'could not be compared' : agrees ? 'agree' : 'do not agree';
    return h(
      'div',
      null,
      h(
        'p',
        null,
        h('strong', null, `${profile}/${scenario}`),
        `: the counts ${says}. `,
        `${rule === 'equal' ? 'Both must be equal.' : 'The server may have counted more, having other clients.'}`,
      ),
      notes.length === 0
        ? null
        : h(
            'ul',
            null,
            notes.map((note) => h('li', null, h('small', null, countNoteWords(note)))),
          ),
      rows.length === 0
        ? null
        : dataTable(
            `Counts of ${profile}/${scenario}`,
            [
              { title: 'Replica' },
              { title: 'Signal' },
              number('Client'),
              number('Server'),
              number('Difference'),
            ],
            rows.map(({ replica, signal, client, server }) => [
              replica,
              signal === 'cacheHits' ? 'cache hits' : signal,
              integer(client),
              server === null ? 'unknown' : integer(server),
              server === null ? '–' : difference(server - client),
            ]),
          ),
    );
  });
}

/** What ran, from `run.json`. */
export function whatRan(run: Run): ComponentChild[] {
  const { service, host, tailgate, sealed } = run;
  const about: [string, string][] = [
    ['Run', run.id],
    ['Started', utc(run.epoch)],
    [
      'Ended',
      sealed === undefined
        ? 'never sealed: the run was killed'
        : `${utc(sealed.at)}, ${sealed.end}${sealed.failure === null ? '' : `: ${sealed.failure}`}`,
    ],
    ['Tailgate', `${tailgate.version}, commit ${tailgate.commit ?? 'unknown'}`],
    ['Seed', String(run.load.seed)],
    ['Budget', `at most ${duration(run.load.budgetMs)} of judged load per scenario`],
    ...(run.client === undefined ? [] : [clientFact(run.client)]),
    ['Targets asked for', run.targets === null ? 'all of the profile' : run.targets.join(', ')],
    [
      'Host',
      `${host.os} ${host.arch}, ${host.cores} cores, ${gibibytes(host.memoryBytes)}, Node ${host.node}`,
    ],
  ];
  if (service.kind === 'external') {
    return [
      facts([...about, ['Target', service.url], ['Metrics', service.metrics ?? 'none given']]),
    ];
  }
  return [
    facts([
      ...about,
      ['Target', 'the reference stack'],
      ['Runtime', runtimeWords(service)],
      ['Faults', service.faults.join('; ') || 'none'],
    ]),
    dataTable(
      'Parts of the stack',
      [{ title: 'Part' }, { title: 'Version' }, { title: 'From' }],
      service.parts.map(({ name, version, from }) => [name, version, from]),
    ),
  ];
}

function clientFact({
  requestsPerConnection,
  redirects,
  proxy,
}: NonNullable<Run['client']>): [string, string] {
  const followed =
    redirects === 0 ? 'no redirects followed' : `up to ${count(redirects, 'redirect')} followed`;
  const through = proxy === null ? '' : `; through the proxy ${proxy}`;
  const kept =
    requestsPerConnection === null
      ? 'connections kept for the whole run, since the service does not say that it closes one when asked to'
      : `a connection given up after ${count(requestsPerConnection, 'request')}`;
  return ['Client', `HTTP/1.1, ${kept}; no cookies, ${followed}${through}`];
}

/** How to get the same verdicts, and a run like this one. */
export function reproduce(run: Run): ComponentChild {
  const gate = ['npm run gate --', ...run.argv.map(shellQuote)].join(' ');
  return h(
    'div',
    null,
    h(
      'p',
      null,
      'The same verdicts and the same report, byte for byte, from the recorded evidence (the folder that holds this page):',
    ),
    h('pre', { tabIndex: 0 }, h('code', null, `npm run judge -- ${shellQuote(folderOf(run))}`)),
    h('p', null, 'A new run with the same settings:'),
    h('pre', { tabIndex: 0 }, h('code', null, gate)),
    h(
      'p',
      null,
      h(
        'small',
        null,
        `Machines read ${runFiles.verdicts} and ${runFiles.junit} beside this page; ${runFiles.run} says what ran.`,
      ),
    ),
  );
}

function endOf(exitCode: number | null | undefined, signal: string | null | undefined): string {
  if (exitCode === undefined) return 'unknown';
  return exitCode === null ? `by signal ${signal ?? 'unknown'}` : `exit ${exitCode}`;
}

function orDash(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : milliseconds(ms);
}

function difference(value: number): string {
  return value === 0 ? '0' : `${value > 0 ? '+' : '−'}${integer(Math.abs(value))}`;
}
