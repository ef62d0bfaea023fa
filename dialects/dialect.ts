import type { Kind, Signal, Unit } from './signals.ts';

/** What labels must be, beside what a user selects: `=` one value, `!=` not this one, `=~` a regular expression for the whole value. */
export type Matcher = readonly [label: string, operator: '=' | '!=' | '=~' | '!~', value: string];

/** How one kind of server shows one signal. */
export interface Row {
  /** As the server's page has it, without what the kind adds (`_bucket`, `_sum`, `_count`). */
  readonly metric: string;
  readonly kind: Kind;
  readonly unit: Unit;
  /** Labels of its series, those of a histogram's edges left out. */
  readonly labels: readonly string[];
  /** Which of its series are meant; all where absent. */
  readonly where?: readonly Matcher[];
  /** Upper edges of a histogram, in its own unit; absent where each deployment sets its own. */
  readonly edges?: readonly number[];
  /** Versions of the server that have it under this name: from the first, to the last; known ones alone. */
  readonly since?: string;
  readonly until?: string;
  /** True where the page need not have it: before a first event, without a GPU, or behind a flag. `note` says when it is there. */
  readonly sparse?: true;
  readonly note?: string;
}

/** Why a kind of server does not show a signal. */
export interface Lack {
  readonly lacks: string;
}

/**
 * A signal that several metrics make up is a list: their sum. Several processes or labels of one metric need none.
 */
export type Shown = Row | readonly Row[];

/** Where the names of a dialect are from. */
export type Source =
  | { readonly kind: 'recorded'; readonly server: string; readonly version: string }
  | { readonly kind: 'composed'; readonly server: string; readonly from: string };

/** What one kind of server calls the signals. */
export interface Dialect {
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly source: Source;
  /**
   * Whether its page is written as the scraper asks for it: with names as they are, or escaped by underscores or dots. Else names are stored
   * as they are on the page.
   */
  readonly negotiates: boolean;
  /** Label of its series that names the model, where there is one. */
  readonly modelLabel?: string;
  readonly rows: Readonly<Partial<Record<Signal, Shown | Lack>>>;
}

export const isLack = (shown: Shown | Lack): shown is Lack => 'lacks' in shown;

const isList = (shown: Shown): shown is readonly Row[] => Array.isArray(shown);

/** The metrics that make up a signal; empty where the server does not show it. */
export function rowsOf({ rows }: Dialect, signal: Signal): readonly Row[] {
  const shown = rows[signal];
  if (shown === undefined || isLack(shown)) return [];
  return isList(shown) ? shown : [shown];
}
