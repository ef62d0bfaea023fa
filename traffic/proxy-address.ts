import { usageError } from '../slo/errors.ts';

/** What is told apart in an address as somebody wrote it: `scheme://user@host:port/rest`. */
interface Parts {
  text: string;
  scheme: string | undefined;
  user: string;
  /** Undefined where it cannot be told from the port. */
  host: string | undefined;
  port: string;
  rest: string;
}

const schemes: ReadonlySet<string> = new Set(['http', 'https', 'socks5', 'socks5h']);

/** What an address can be wrong in; the first that it is wrong in is said. It is not repeated, since it may hold a password. */
const faults: readonly (readonly [isWrong: (parts: Parts) => boolean, words: string])[] = [
  [
    ({ text }) => /\s|\p{Cc}/u.test(text),
    'it holds white space; write a space in user or password as %20',
  ],
  [
    ({ rest }) => rest.includes('@'),
    String.raw`an "@" comes after a "/", "?", "#" or "\"; in user and password write those as %2F, %3F, %23 and %5C`,
  ],
  [
    ({ scheme, rest }) => (scheme === undefined ? /^[/\\]./.test(rest) : !schemes.has(scheme)),
    'it does not begin with http://, https://, socks5:// or socks5h://, and is no host:port alone either',
  ],
  [
    ({ user }) => /%(?![\da-f]{2})/i.test(user),
    'a "%" in user or password begins no escape; write it as %25',
  ],
  [({ port }) => port !== '' && !isPort(port), 'its port is no number from 1 to 65535'],
  [
    ({ host = '', scheme = 'http' }) => host === '' || !URL.canParse(`${scheme}://${host}`),
    'it names no host; an IPv6 address needs brackets',
  ],
];

/**
 * Reads the address of a proxy that a variable holds as Go reads it (golang.org/x/net/http/httpproxy): a URL, or `host:port` alone for one
 * of http. What Go would take for another host, or would leave out without a word, is `USAGE`.
 */
export function readProxy(variable: string, value: string): URL {
  const text = value.trim();
  const parts = partsOf(text);
  const wrong = faults.find(([isWrong]) => isWrong(parts))?.[1];
  if (wrong !== undefined) {
    throw usageError(
      `${variable} is no address of a proxy: ${wrong}. Right would be, for example, http://user:password@proxy.example.com:3128, or nothing.`,
    );
  }
  return new URL(parts.scheme === undefined ? `http://${text}` : text);
}

function partsOf(text: string): Parts {
  const [, scheme, authority = '', rest = ''] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/?#\\]*)(.*)$/is.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const [, host, port = ''] =
    /^(\[[^[\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(authority.slice(at + 1)) ?? [];
  return {
    text,
    scheme: scheme?.toLowerCase(),
    user: authority.slice(0, Math.max(0, at)),
    host,
    port,
    rest,
  };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
