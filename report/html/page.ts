import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ComponentChild, type ComponentChildren, h } from 'preact';
import { render } from 'preact-render-to-string';
import type { Run } from '../../evidence/run.ts';
import type { RunVerdicts } from '../../slo/verdict.ts';
import { count, utc, visible } from '../content/format.ts';
import { headline } from '../content/headline.ts';
import { notRunWords } from '../content/reasons.ts';
import {
  conflictsOf,
  decidedTargets,
  isDecided,
  type NotRunTarget,
  ownTargets,
  type ProfileVerdicts,
  silentIn,
} from '../content/rows.ts';
import type { ScenarioSummary } from '../content/summarise.ts';
import { decisionWords, marks, runtimeWords } from '../content/wording.ts';
import { badge, disclosure, inColour, simulatedTag } from './elements.ts';
import { clientHealth, reconciliation, reproduce, whatRan } from './run-facts.ts';
import { scenarioSection } from './scenario.ts';
import { verdictTable } from './verdict-table.ts';

const styles = ['base.css', 'page.css']
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

/** Nothing is fetched and nothing runs: the page is one file, to be mailed or archived. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/** `report.html`, self-contained. `summaries` come from `summarise`. */
export function renderHtml(
  run: Run,
  verdicts: RunVerdicts,
  summaries: readonly ScenarioSummary[],
): string {
  const { title } = headline(verdicts);
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { httpEquiv: 'Content-Security-Policy', content: contentPolicy }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('title', null, `${title} · ${verdicts.run}`),
      // A style sheet of our own file: escaping would break its quotes.
      h('style', { dangerouslySetInnerHTML: { __html: styles } }),
    ),
    h(
      'body',
      null,
      h('a', { class: 'skip', href: '#main' }, 'Skip to the verdicts'),
      masthead(run, verdicts),
      navigation(verdicts, summaries),
      h('main', { id: 'main', tabIndex: -1 }, sections(run, verdicts, summaries)),
      h(
        'footer',
        null,
        h(
          'small',
          null,
          `Tailgate ${run.tailgate.version} · run ${verdicts.run} · seed ${run.load.seed}`,
        ),
      ),
    ),
  );
  return visible(`<!doctype html>\n${render(page)}\n`);
}

function masthead(run: Run, verdicts: RunVerdicts): ComponentChild {
  const { decision, title, detail } = headline(verdicts);
  return h(
    'header',
    inColour(decision),
    h(
      'small',
      null,
      `${verdicts.profiles.map((profile) => profile.title).join(' · ')} — ${utc(run.epoch)}`,
    ),
    h(
      'h1',
      null,
      h('span', { 'aria-hidden': 'true' }, marks[decision]),
      h('span', null, unbroken(title)),
    ),
    h('p', null, `${detail} · exit code ${verdicts.exitCode} · `, serviceWords(run)),
    verdicts.warnings.length === 0
      ? null
      : h(
          'section',
          { class: 'warnings', 'aria-label': 'Warnings' },
          h('strong', null, h('span', { 'aria-hidden': 'true' }, '⚠ '), 'Read this first'),
          h(
            'ul',
            null,
            verdicts.warnings.map((warning) => h('li', null, warning)),
          ),
        ),
    verdicts.simulated
      ? h(
          'p',
          null,
          simulatedTag,
          h(
            'small',
            null,
            ' Latencies come from the reference server’s model of a GPU. They prove the service around it and this suite, not any real hardware.',
          ),
        )
      : null,
  );
}

/** Ids break at their dashes otherwise. */
function unbroken(text: string): ComponentChildren[] {
  return text
    .split(/([A-Z0-9]+(?:-[A-Z0-9]+)+)/)
    .map((part, at) => (at % 2 === 1 ? h('span', { class: 'id' }, part) : part));
}

function serviceWords({ service }: Run): string {
  if (service.kind === 'external') return service.url;
  return `reference stack, ${runtimeWords(service)}${service.faults.map((fault) => `, fault ${fault}`).join('')}`;
}

function navigation(verdicts: RunVerdicts, summaries: readonly ScenarioSummary[]): ComponentChild {
  const links: [string, string][] = [
    ['#verdicts', 'Verdicts'],
    ...summaries.map(({ name }, index): [string, string] => [`#scenario-${index + 1}`, name]),
    ['#client', 'Client health'],
    ...(verdicts.reconciliation.length > 0
      ? [['#reconciliation', 'Reconciliation'] as [string, string]]
      : []),
    ['#run', 'What ran'],
    ['#reproduce', 'Reproduce'],
  ];
  return h(
    'nav',
    { 'aria-label': 'Sections' },
    h(
      'ul',
      { class: 'row' },
      links.map(([href, name]) => h('li', null, h('a', { href }, name))),
    ),
  );
}

function sections(
  run: Run,
  verdicts: RunVerdicts,
  summaries: readonly ScenarioSummary[],
): ComponentChild[] {
  const records = new Map(run.scenarios.map((record) => [record.name, record]));
  return [
    section('verdicts', 'Verdicts', [meanings(verdicts), ...verdicts.profiles.map(profileBlock)]),
    section(
      'scenarios',
      'What was seen',
      summaries.length === 0
        ? [h('p', null, 'No load was sent in this run.')]
        : summaries.map((summary, index) =>
            scenarioSection(summary, records.get(summary.name), verdicts, index),
          ),
    ),
    section('client', 'Client health', [
      h(
        'p',
        null,
        'A verdict is invalid when our own load generator could not keep its schedule: such a run says nothing of the service.',
      ),
      run.scenarios.length === 0
        ? h('p', null, 'The load generator was never started.')
        : clientHealth(run, summaries),
    ]),
    ...(verdicts.reconciliation.length === 0
      ? []
      : [
          section('reconciliation', 'Reconciliation with the server’s own counts', [
            h(
              'p',
              null,
              'Differences of raw counters, scraped before the first request and after the last answer.',
            ),
            reconciliation(verdicts),
          ]),
        ]),
    section('run', 'What ran', whatRan(run)),
    section('reproduce', 'How to reproduce it', [reproduce(run)]),
  ];
}

function section(id: string, title: string, children: ComponentChildren): ComponentChild {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    children,
  );
}

/** Only the decisions that occur. */
function meanings(verdicts: RunVerdicts): ComponentChild {
  const occurring = new Set(decidedTargets(verdicts).map(({ decision }) => decision));
  return h(
    'ul',
    { class: 'row', 'aria-label': 'What the decisions mean' },
    [...occurring]
      .sort()
      .map((decision) => h('li', null, badge(decision), ' ', decisionWords[decision])),
  );
}

function profileBlock(profile: ProfileVerdicts): ComponentChild {
  const notRun = profile.targets.filter((target): target is NotRunTarget => !isDecided(target));
  const elsewhere = conflictsOf(profile).none;
  return h(
    'div',
    null,
    h(
      'h3',
      null,
      profile.title,
      ' ',
      h('small', null, `profile ${profile.id}, from ${profile.document}`),
    ),
    verdictTable(profile),
    profile.checks.length === 0
      ? null
      : [
          h('h4', null, 'Checks that decide no target'),
          verdictTable({ ...profile, targets: ownTargets(profile), checks: [], conflicts: [] }),
        ],
    profile.leftOut.length === 0
      ? null
      : disclosure(
          `${count(profile.leftOut.length, 'more check')} not run, each with its reason`,
          h(
            'ul',
            null,
            silentIn({ ...profile, targets: [] }).map((one) =>
              h('li', null, h('strong', null, one.id), ' ', notRunWords(one)),
            ),
          ),
        ),
    notRun.length === 0
      ? null
      : disclosure(`${notRun.length} targets not run, each with its reason`, notRunList(notRun)),
    elsewhere.length === 0
      ? null
      : disclosure(
          `${elsewhere.length} more ${elsewhere.length === 1 ? 'conflict' : 'conflicts'} in the document, touching only targets that were not run`,
          h(
            'ul',
            null,
            elsewhere.map(({ statement, touches }) =>
              h('li', null, h('strong', null, touches.join(', ')), ' ', statement),
            ),
          ),
        ),
  );
}

function notRunList(targets: readonly NotRunTarget[]): ComponentChild {
  return h(
    'ul',
    { class: 'grid' },
    targets.map((target) => {
      const { id, statement, section: place, implied } = target;
      const more = implied === undefined ? '' : ` † implied: ${implied}`;
      return h(
        'li',
        null,
        h('strong', { class: 'id' }, id),
        h('p', null, statement, ' ', h('small', null, `§ ${place}${more}`)),
        h('small', null, `Not run: ${notRunWords(target)}`),
      );
    }),
  );
}
