/** Labels that a series must have, with these values; as in PromQL, an empty value stands for a label that is not there. */
export type Selector = Readonly<Record<string, string>>;

const pair = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\[\\"n])*)"\s*/y;
const escapes: Record<string, string> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Reads `label="value",…`. Throws a plain `Error` that says what is wrong and what would be right. */
export function parseSelector(text: string): Selector {
  if (text.trim() === '') throw new Error(right('model="churn"'));
  const labels = new Map<string, string>();
  let rest = text;
  while (rest.trim() !== '') {
    pair.lastIndex = 0;
    const [whole = '', name = '', value = ''] = pair.exec(rest) ?? [];
    if (whole === '') throw new Error(mistakeIn(rest.trim()));
    if (name === '__name__')
      throw new Error('__name__ is no label to select by: --dialect says what metrics are called.');
    if (labels.has(name)) throw new Error(`The label ${name} is there twice: give it once.`);
    labels.set(
      name,
      value.replace(/\\./g, (escaped) => escapes[escaped] ?? escaped),
    );
    rest = rest.slice(whole.length);
    if (rest !== '' && !rest.startsWith(','))
      throw new Error(`What comes after ${whole.trim()} must be a comma or the end.`);
    rest = rest.slice(1);
  }
  return Object.fromEntries(labels);
}

export function isSelected(labels: Readonly<Record<string, string>>, selector: Selector): boolean {
  return Object.entries(selector).every(([name, value]) => (labels[name] ?? '') === value);
}

function mistakeIn(text: string): string {
  const inside = /^\{(.*?)\}?$/s.exec(text)?.[1];
  if (inside !== undefined) return `Give it without braces. ${right(inside)}`;
  const [, name = '', operator = '', value = ''] = /^([^=!~"]*)([=!~]*)(.*)$/s.exec(text) ?? [];
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*\s*$/.test(name))
    return `"${name.trim()}" is no name of a label (letters, digits and "_", no digit first). ${right('model="churn"')}`;
  if (operator !== '=')
    return `"${operator}" is not read: only label="value" is. ${right(`${name.trim()}="value"`)}`;
  if (value.trimStart().startsWith('"'))
    return `${text} does not end with a quote, or holds "\\" before something else than \\, " or n.`;
  const bare =
    value
      .split(',')[0]
      ?.replaceAll(/['"\\]/g, '')
      .trim() ?? '';
  return `The value has no double quotes, which a shell takes away. ${right(`${name.trim()}="${bare}"`)}`;
}

function right(example: string): string {
  return `Give label="value", several joined by commas, in single quotes: --selector '${example}'.`;
}
