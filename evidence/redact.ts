/** What stands in for a secret. */
export const redacted = '[redacted]';

/** Options of the command line whose value is a header. */
const headerOptions = ['--header', '-H'];

/** Query parameters that are no secret for sure; every other value is taken for one. */
const harmlessParameters = new Set(['api-version', 'version', 'v', 'format', 'model', 'timeout']);

/** A URL without user, password and values of query parameters. What is no URL comes back as it is. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const secretParameters = [...url.searchParams.keys()].filter((name) => !harmlessParameters.has(name.toLowerCase()));
  if (url.username === '' && url.password === '' && secretParameters.length === 0) return text;
  if (url.username !== '' || url.password !== '') {
    url.username = 'redacted';
    url.password = '';
  }
  for (const name of secretParameters) url.searchParams.set(name, 'redacted');
  return url.toString();
}

/** `Name: value` without the value. `env:NAME` names a variable and no secret, so it stays. */
export function redactHeader(text: string): string {
  if (/^env:\w+$/.test(text)) return text;
  const colon = text.indexOf(':');
  return colon < 0 ? redacted : `${text.slice(0, colon)}: ${redacted}`;
}

/** A command line without header values and without secrets in URLs. */
export function redactArguments(argv: readonly string[]): string[] {
  return argv.map((argument, at) => {
    const option = headerOptions.find((name) => argument.startsWith(`${name}=`));
    if (option !== undefined) return `${option}=${redactHeader(argument.slice(option.length + 1))}`;
    if (headerOptions.includes(argv[at - 1] ?? '')) return redactHeader(argument);
    const [, name, value] = /^(--[\w-]+=)(.*)$/s.exec(argument) ?? [];
    return name === undefined || value === undefined ? redactUrl(argument) : name + redactUrl(value);
  });
}

/**
 * Takes known secrets out of any text, as they are and as they look in JSON, in a URL and in base64. A secret of fewer than four
 * characters is not looked for: taking it out would only garble the text.
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    // "Bearer x" is a secret as a whole and in its part.
    for (const part of [secret, ...secret.split(/\s+/)]) {
      if (part.length < 4 || /^(bearer|basic|digest|token|apikey)$/i.test(part)) continue;
      forms.add(part);
      forms.add(JSON.stringify(part).slice(1, -1));
      forms.add(encodeURIComponent(part));
      forms.add(Buffer.from(part).toString('base64'));
    }
  }
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, form) => clean.replaceAll(form, redacted), text);
}

/** What must not be written of a target: header values, and the secret parts of its URLs. */
export function secretsOf(urls: readonly string[], headers: Readonly<Record<string, string>>): string[] {
  const inUrls = urls
    .filter((text) => URL.canParse(text))
    .map((text) => new URL(text))
    .flatMap((url) => [
      decodeURIComponent(url.password),
      ...[...url.searchParams].filter(([name]) => !harmlessParameters.has(name.toLowerCase())).map(([, value]) => value),
    ]);
  return [...Object.values(headers), ...inUrls].filter((secret) => secret !== '');
}
