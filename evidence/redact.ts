/** What stands in for a secret. */
const redacted = '[redacted]';

/** Options of the command line whose value is a header. */
const headerOptions = ['--header', '-H'];

/** Query parameters that are no secret for sure; every other value is taken for one. */
const harmlessParameters = new Set(['api-version', 'version', 'v', 'format', 'model', 'timeout']);

/** What is before an `@` where no path has begun yet: user and password, also of what only nearly is a URL. */
const userInfo = /^((?:[a-z][a-z\d+.-]*:)?\/\/)?[^\s/?#@]*(?:@[^\s/?#@]*)*@/i;

/** Parameters of a segment of a path, `;key=value` (RFC 3986, 3.3). */
const pathParameters = /;[^/]*/g;

/**
 * A URL without user, password, fragment, parameters of its path and values of query parameters. Of what is no URL, whatever may be user
 * and password goes; the rest comes back as it is.
 */
export function redactUrl(text: string): string {
  if (!URL.canParse(text) || !/^[a-z][a-z\d+.-]*:\/\//i.test(text))
    return text.replace(userInfo, '$1redacted@');
  const url = new URL(text);
  const secretParameters = [...url.searchParams.keys()].filter(
    (name) => !harmlessParameters.has(name.toLowerCase()),
  );
  const hasUser = url.username !== '' || url.password !== '';
  const path = url.pathname.replace(pathParameters, ';redacted');
  if (!hasUser && url.hash === '' && path === url.pathname && secretParameters.length === 0)
    return text;
  if (hasUser) url.username = 'redacted';
  url.password = '';
  url.hash = url.hash === '' ? '' : 'redacted';
  url.pathname = path;
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
    return name === undefined || value === undefined
      ? redactUrl(argument)
      : name + redactUrl(value);
  });
}

/** From so many characters on, a secret is looked for inside words too; a shorter one would be found in half of them. */
const longEnough = 4;

/**
 * Takes known secrets out of any text, as they are and as they look in JSON, in a URL and in base64. A short one is taken out of `foreign`
 * text only (what a server or the network said), and only where it stands alone: it would garble our own sentences, which never repeat it.
 */
export function redactor(
  secrets: Iterable<string>,
  { foreign = false } = {},
): (text: string) => string {
  const [long, short] = [new Set<string>(), new Set<string>()];
  for (const secret of secrets) {
    // "Bearer x" is a secret as a whole and in its part.
    for (const part of [secret, ...secret.split(/\s+/)]) {
      if (part === '' || /^(bearer|basic|digest|token|apikey)$/i.test(part)) continue;
      if (part.length < longEnough) short.add(part);
      else for (const form of formsOf(part)) long.add(form);
    }
  }
  const longestFirst = [...long].sort((a, b) => b.length - a.length);
  const alone = foreign
    ? [...short].map((part) => new RegExp(`(?<!\\w)${RegExp.escape(part)}(?!\\w)`, 'g'))
    : [];
  return (text) => {
    const clean = longestFirst.reduce((rest, form) => rest.replaceAll(form, redacted), text);
    return alone.reduce((rest, form) => rest.replace(form, redacted), clean);
  };
}

function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
}

/** Where counts are read; user and password are in a header and not in the URL. */
export interface Source {
  url: string;
  headers?: Readonly<Record<string, string>>;
}

/** What must not be written of a service: header values, user and password in them, and the secret parts of the URL where its counts are read. */
export function secretsOf(headers: Readonly<Record<string, string>>, source?: Source): string[] {
  const { url = '', headers: beside = {} } = source ?? {};
  const values = [...Object.values(headers), ...Object.values(beside)];
  const ofUrl = URL.canParse(url) ? parameterValues(new URL(url)) : [];
  return [...values, ...values.flatMap(credentialsIn), ...ofUrl].filter((text) => text !== '');
}

/** User and password of a header's value (RFC 7617). */
function credentialsIn(value: string): string[] {
  const encoded = /^Basic\s+(\S+)\s*$/i.exec(value)?.[1];
  if (encoded === undefined) return [];
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? [encoded, pair] : [encoded, pair.slice(0, colon), pair.slice(colon + 1)];
}

/** Values of the parameters of a URL's query and path. One of a path may have no name, and is read by others as it is or decoded. */
function parameterValues({ searchParams, pathname }: URL): string[] {
  const ofPath = (pathname.match(pathParameters) ?? []).flatMap((text) => text.split(';').slice(1));
  const pairs = ofPath.flatMap((text): [name: string, value: string][] => {
    const [, name = '', value = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? [];
    // As a query, since that takes a wrong escape for what it is.
    const decoded =
      new URLSearchParams(`value=${value.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get(
        'value',
      ) ?? '';
    return [value, decoded].map((one) => [name, one]);
  });
  return [...searchParams, ...pairs]
    .filter(([name]) => !harmlessParameters.has(name.toLowerCase()))
    .map(([, value]) => value);
}
