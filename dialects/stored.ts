import type { Dialect, Row } from './dialect.ts';

/** Under which names Prometheus may have stored a metric, and how its edges and labels are written there. */
export interface Form {
  /** As people call it: how names were escaped. */
  readonly escaping: 'none' | 'underscores' | 'dots';
  name(metric: string): string;
  label(label: string): string;
}

const asServed: Form = { escaping: 'none', name: (metric) => metric, label: (label) => label };

const underscored: Form = {
  escaping: 'underscores',
  name: (metric) => metric.replaceAll(':', '_'),
  label: (label) => label,
};

/** Underscores are doubled in names and labels. A colon stays in the text format and becomes two underscores in OpenMetrics. */
const dotted = (colon: ':' | '__'): Form => ({
  escaping: 'dots',
  name: (metric) => metric.replaceAll('_', '__').replaceAll(':', colon),
  label: (label) => label.replaceAll('_', '__'),
});

/**
 * Every form under which a metric of a dialect may be stored, the most usual one first. `escaping=values` is not among them: names such as
 * `U__vllm_3a_…` are refused (https://prometheus.io/docs/instrumenting/escaping_schemes/).
 */
export function formsOf({ negotiates }: Dialect, { metric }: Row): readonly Form[] {
  if (!negotiates) return [asServed];
  const forms = [asServed, underscored, dotted(':'), dotted('__')];
  const names = forms.map(({ name }) => name(metric));
  return forms.filter((_, at) => names.indexOf(names[at] ?? '') === at);
}

/** As `le` is written: by the server, or by Prometheus 3, which writes whole numbers as floats. */
export function edgeSpellings(edge: number): readonly string[] {
  const text = String(edge);
  return Number.isInteger(edge) ? [text, `${text}.0`] : [text];
}
