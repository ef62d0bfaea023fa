import type { Dialect, Matcher, Row } from '../dialects/dialect.ts';
import { edgeSpellings, type Form, formsOf } from '../dialects/stored.ts';

/** Expressions of PromQL over the signals of a dialect, right for whichever form Prometheus has stored. */

/** Rounded, so that no 0.0009999999999999432 stands in a rule. */
export const numeral = (value: number): string => String(Number(value.toPrecision(12)));

export interface Scope {
  /** What is told apart: the labels of every sum. */
  readonly by: readonly string[];
  /** Which targets are meant, in every selector. */
  readonly where: readonly Matcher[];
}

const quote = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

export const matchers = (all: readonly Matcher[]) =>
  all.length === 0
    ? ''
    : `{${all.map(([label, is, value]) => `${label}${is}${quote(value)}`).join(',')}}`;

/** `suffix` as the kind adds it; `more` beside what the row and the scope ask for. */
function select(
  form: Form,
  row: Row,
  { where }: Scope,
  suffix = '',
  more: readonly Matcher[] = [],
) {
  const own = [...(row.where ?? []), ...more].map(
    ([label, is, value]): Matcher => [form.label(label), is, value],
  );
  return form.name(`${row.metric}${suffix}`) + matchers([...where, ...own]);
}

const sumBy = ({ by }: Scope, inner: string) => `sum by (${by.join(', ')}) (${inner})`;

/** The first of them that there is. */
const firstOf = (alternatives: readonly string[]) => alternatives.join('\nor\n');

const bracket = (expression: string) => (/\n/.test(expression) ? `(${expression})` : expression);

/** How much all the rows of a counter rose; a row that is not there counts nothing beside the first. */
export function risen(dialect: Dialect, rows: readonly Row[], scope: Scope, range: string): string {
  const each = rows.map((row) =>
    bracket(
      firstOf(
        formsOf(dialect, row).map((form) =>
          sumBy(scope, `increase(${select(form, row, scope)}[${range}])`),
        ),
      ),
    ),
  );
  const [first = '', ...rest] = each;
  return [first, ...rest.map((one) => `(${one} or 0 * ${first})`)].join('\n+\n');
}

/** Values of a gauge, one for each of its series: of the first form that there is. */
export function values(dialect: Dialect, row: Row, scope: Scope): string {
  return firstOf(formsOf(dialect, row).map((form) => select(form, row, scope)));
}

interface Histogram {
  /** How many there were. */
  total: string;
  /** How many of them were at most `edge`. */
  within(edge: number): string;
  quantile(quantile: number): string;
}

/** Of a classic histogram, or of one that was converted to a native one with its edges (`convert_classic_histograms_to_nhcb`). */
export function histogram(dialect: Dialect, row: Row, scope: Scope, range: string): Histogram {
  const forms = formsOf(dialect, row);
  const classic = (form: Form, suffix: string, more?: readonly Matcher[]) =>
    sumBy(scope, `increase(${select(form, row, scope, suffix, more)}[${range}])`);
  const native = (form: Form) => sumBy(scope, `increase(${select(form, row, scope)}[${range}])`);
  const nativeForms = forms.filter(({ escaping }) => escaping !== 'dots');
  return {
    total: firstOf([
      ...forms.map((form) => classic(form, '_count')),
      ...nativeForms.map((form) => `histogram_count(${native(form)})`),
    ]),
    within: (edge) =>
      firstOf([
        ...forms.map((form) => classic(form, '_bucket', [edgeMatcher(edge)])),
        ...nativeForms.map(
          (form) =>
            `histogram_fraction(0, ${numeral(edge)}, ${native(form)}) * histogram_count(${native(form)})`,
        ),
      ]),
    quantile: (quantile) =>
      firstOf([
        ...forms.map((form) => {
          const inner = `increase(${select(form, row, scope, '_bucket')}[${range}])`;
          return `histogram_quantile(${numeral(quantile)}, sum by (${[...scope.by, 'le'].join(', ')}) (${inner}))`;
        }),
        ...nativeForms.map((form) => `histogram_quantile(${numeral(quantile)}, ${native(form)})`),
      ]),
  };
}

function edgeMatcher(edge: number): Matcher {
  const [one = '', ...others] = edgeSpellings(edge);
  if (others.length === 0) return ['le', '=', one];
  return ['le', '=~', [one, ...others].map((text) => text.replaceAll('.', '\\.')).join('|')];
}
