import { type ComponentChild, type ComponentChildren, h } from 'preact';
import type { Decision } from '../../slo/verdict.ts';
import { marks } from '../content/wording.ts';
import type { Chart } from './chart-parts.ts';

/** Attributes of an element that has the colour of a decision. */
export function inColour(decision: Decision): { style: string } {
  return { style: `--verdict: var(--${decision})` };
}

/** A decision as mark and word: never by colour alone. */
export function badge(decision: Decision): ComponentChild {
  const mark = h('span', { 'aria-hidden': 'true' }, marks[decision]);
  return h('span', { class: 'badge', ...inColour(decision) }, mark, ` ${decision}`);
}

export const simulatedTag = h(
  'small',
  null,
  h('span', { class: 'badge', style: '--verdict: var(--muted)' }, 'simulated GPU'),
);

export interface Column {
  title: string;
  numeric?: boolean;
}

/** A table of figures that scrolls inside its own frame where it is too wide. The first cell of a row names the row. */
export function dataTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly ComponentChildren[][],
): ComponentChild {
  const numeric = (at: number) => (columns[at]?.numeric === true ? 'num' : undefined);
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': caption },
    h(
      'table',
      null,
      h('caption', null, caption),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          columns.map(({ title }, at) => h('th', { scope: 'col', class: numeric(at) }, title)),
        ),
      ),
      h(
        'tbody',
        null,
        rows.map((cells) =>
          h(
            'tr',
            null,
            cells.map((cell, at) =>
              at === 0
                ? h('th', { scope: 'row', class: numeric(at) }, cell)
                : h('td', { class: numeric(at) }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Facts as term and description. */
export function facts(rows: readonly (readonly [string, ComponentChildren])[]): ComponentChild {
  return h(
    'dl',
    null,
    rows.map(([term, description]) =>
      h('div', null, h('dt', null, term), h('dd', null, description)),
    ),
  );
}

export interface LegendEntry {
  name: string;
  swatch: keyof typeof swatches;
}

/** Pieces of the lines, areas and marks that the charts draw. */
const swatches = {
  p50: { d: 'M0 6H24', stroke: 'var(--p50)', 'stroke-width': 1.5 },
  p95: { d: 'M0 6H24', stroke: 'var(--p95)', 'stroke-width': 2 },
  p99: { d: 'M0 6H24', stroke: 'var(--p99)', 'stroke-width': 2, 'stroke-dasharray': '5 3' },
  limit: { d: 'M0 6H24', stroke: 'var(--limit)', 'stroke-width': 2, 'stroke-dasharray': '2 3' },
  bad: { d: 'M0 6H24', stroke: 'var(--fail)', 'stroke-width': 2 },
  fill: { d: 'M0 12V1H24V12', stroke: 'var(--p95)', fill: 'var(--p95)', 'fill-opacity': 0.35 },
  unanswered: { d: 'M12 1L18 11H6Z', fill: 'var(--fail)' },
  fault: { d: 'M0 1H24V12H0Z', fill: 'var(--fault)', 'fill-opacity': 0.3 },
  change: { d: 'M12 0V12', stroke: 'var(--inconclusive)', 'stroke-width': 2 },
} as const;

function swatchOf(name: LegendEntry['swatch']): ComponentChild {
  return h(
    'svg',
    { class: 'swatch', viewBox: '0 0 24 12', 'aria-hidden': 'true' },
    h('path', { fill: 'none', ...swatches[name] }),
  );
}

/** A chart with its title, what it says in words, and its legend. The picture itself is one image to a screen reader. */
export function figure(
  title: string,
  words: string,
  chart: Chart,
  legend: readonly LegendEntry[],
): ComponentChild {
  const picture = (size: 'wide' | 'narrow') =>
    h('div', {
      class: `chart ${size}`,
      role: 'img',
      'aria-label': `${title}. ${words}`,
      // The one place where markup is not escaped by the renderer: ECharts' own output, which escapes its texts.
      dangerouslySetInnerHTML: { __html: chart(size) },
    });
  return h(
    'figure',
    null,
    h('figcaption', null, h('h4', null, title), words),
    picture('wide'),
    picture('narrow'),
    h(
      'ul',
      { class: 'row' },
      legend.map(({ name, swatch }) => h('li', null, swatchOf(swatch), name)),
    ),
  );
}

/** Something folded away, opened without a script. */
export function disclosure(title: ComponentChildren, children: ComponentChildren): ComponentChild {
  return h('details', null, h('summary', null, title), h('div', null, children));
}
