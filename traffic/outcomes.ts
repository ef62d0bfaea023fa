import type { LocalLimit, RequestOutcome } from '../slo/sample.ts';

/** Failures of a request without a usable answer, from k6's error codes (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). */
const byCode: Readonly<Record<number, RequestOutcome>> = {
  1050: 'timeout',
  // Dialling that takes longer than the client's timeout.
  1211: 'timeout',
  // The body could not be decompressed.
  1701: 'malformed',
};

/**
 * What only our own machine can be the cause of, in the words of Linux (errno(3)). The first that is found counts: a name cannot be looked up
 * without a descriptor either.
 */
const limits: readonly (readonly [RegExp, LocalLimit])[] = [
  [/\btoo many open files\b/, 'descriptors'],
  [/\bcannot assign requested address\b/, 'ports'],
  [/\bcannot allocate memory\b|\bno buffer space available\b/, 'memory'],
  [
    /\bnetwork is (?:unreachable|down)\b|\bpermission denied\b|\boperation not permitted\b|\binvalid argument\b/,
    'network',
  ],
];

/** How an error of the network begins, as Go words it; what a server or a proxy said begins otherwise, or has another code. */
const ofTheNetwork = /^(?:proxyconnect tcp: )?(?:dial|lookup|read|write)\b/;
/** There is no connection to the proxy. */
const noProxy = /^proxyconnect tcp: (?:dial|lookup)\b/;

/** k6's code of what it has no code for. */
const anyError = 1000;
/** What the client itself says of a connection that breaks; all else under that code is the reason that a proxy gave for not making a tunnel. */
const ofTheClient =
  /^(?:unexpected )?EOF$|^malformed HTTP|^(?:(?:remote|local) error: )?tls: |^x509: |^(?:read|write|dial|lookup|proxyconnect|http|https|http2|net\/http|socks connect)\b/;
/** What a proxy says whose way to the service is broken, so that it may be the service's doing (RFC 9110, 15.6). */
const ofTheWayBehind = /^(?:|Bad Gateway|Service Unavailable|Gateway Timeout)$/i;
/** A SOCKS proxy that lets us nowhere. */
const socksRefusal =
  /^socks connect .*: (?:username\/password authentication failed|no acceptable authentication methods|connection not allowed by ruleset)$/;

/** Whether an error is the reason that a proxy gave for not making a tunnel. */
export function refusesTunnel(code: number, message: string): boolean {
  return code === anyError && !ofTheClient.test(message);
}

/**
 * Which limit of our own an error tells of; undefined when it tells of none. Only codes of names (11xx) and of TCP (12xx) can, and what a
 * proxy says. `tunnels`: requests go through tunnels of a proxy that speaks HTTP.
 */
export function limitOf(code: number, message: string, tunnels = false): LocalLimit | undefined {
  if (socksRefusal.test(message)) return 'proxy';
  if (tunnels && refusesTunnel(code, message) && !ofTheWayBehind.test(message)) return 'proxy';
  if (code < 1100 || code >= 1300 || !ofTheNetwork.test(message)) return undefined;
  const known = limits.find(([words]) => words.test(message))?.[1];
  if (known !== undefined) return known;
  if (noProxy.test(message)) return 'proxy';
  return code < 1200 ? 'names' : undefined;
}

/** Go found an idle connection closed when it was about to use it: the server has not seen the request. */
export function foundClosed(message: string): boolean {
  return /\bhttp: server closed idle connection$/.test(message);
}

/** The connection broke before the first byte of an answer. */
export function brokeAtOnce(message: string): boolean {
  return /(?:^|: )EOF$|\bconnection reset by peer$|\bbroken pipe$/.test(message);
}

/** k6 says this of requests that it broke off itself, because it was stopped. */
const brokenOff = /^(?:Post "[^"]*": )?context canceled$/;

/**
 * Outcome of a request that k6 gave an error code; undefined when k6 itself broke the request off because it was stopped: such a request
 * is still open. Dialling (121x) and TLS (13xx) fail before there is a connection, everything else breaks one.
 */
export function failureOf(
  code: number,
  message: string,
  tunnels = false,
): RequestOutcome | undefined {
  if (brokenOff.test(message)) return undefined;
  const known = byCode[code];
  if (known !== undefined) return known;
  if (limitOf(code, message, tunnels) !== undefined) return 'local';
  if (message.includes('malformed')) return 'malformed';
  const beforeConnection = (code >= 1210 && code < 1220) || (code >= 1300 && code < 1400);
  return beforeConnection ? 'refused' : 'reset';
}

/** Codings of an answer's body that k6 undoes, in this spelling only; what has another name it leaves as it is. */
export const readCodings = ['gzip', 'deflate', 'br', 'zstd', 'identity'] as const;

/** Whether a body is read as it was meant; where not, it may be a right one all the same (RFC 9110, 8.4.1: of any case, and `x-gzip`). */
export function isReadable(contentEncoding = ''): boolean {
  const codings = contentEncoding.split(',').map((coding) => coding.trim());
  return codings.every(
    (coding) =>
      coding === '' || /^identity$/i.test(coding) || readCodings.some((known) => known === coding),
  );
}
