import { type ComponentChild, type ComponentChildren, h } from 'preact';
import type { Decision } from '../../slo/verdict.ts';
import { marks } from '../content/wording.ts';
import type { Chart } from './chart-parts.ts';

/** A decision as mark and word: never by colour alone. */
export function badge(decision: Decision | 'not-run'): ComponentChild {
  return h('span', { class: `badge ${decision}` }, h('span', { 'aria-hidden': 'true' }, marks[decision]), ` ${decision}`);
}

export interface Column {
  title: string;
  numeric?: boolean;
}

/** A table of figures that scrolls inside its own frame where it is too wide. The first cell of a row names the row. */
export function dataTable(caption: string, columns: readonly Column[], rows: readonly ComponentChildren[][]): ComponentChild {
  const numeric = (at: number) => (columns[at]?.numeric === true ? 'num' : undefined);
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': caption },
    h(
      'table',
      { class: 'data' },
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
              at === 0 ? h('th', { scope: 'row', class: numeric(at) }, cell) : h('td', { class: numeric(at) }, cell),
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
    { class: 'facts' },
    rows.map(([term, description]) => h('div', null, h('dt', null, term), h('dd', null, description))),
  );
}

export interface LegendEntry {
  name: string;
  swatch: 'p50' | 'p95' | 'p99' | 'limit' | 'bad' | 'fill' | 'unanswered' | 'fault' | 'change';
}

/** A chart with its title, what it says in words, and its legend. The picture itself is one image to a screen reader. */
export function figure(title: string, words: string, chart: Chart, legend: readonly LegendEntry[]): ComponentChild {
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
    h('figcaption', null, h('h4', null, title), h('p', null, words)),
    picture('wide'),
    picture('narrow'),
    h(
      'ul',
      { class: 'legend' },
      legend.map(({ name, swatch }) => h('li', null, h('span', { class: `swatch ${swatch}`, 'aria-hidden': 'true' }), name)),
    ),
  );
}

/** Something folded away, opened without a script. */
export function disclosure(title: ComponentChildren, children: ComponentChildren): ComponentChild {
  return h('details', null, h('summary', null, title), h('div', { class: 'inside' }, children));
}
