import { redactor, redactUrl } from '../../evidence/redact.ts';
import { SuiteError } from '../../slo/errors.ts';
import type { Profile } from '../../slo/profile.ts';
import type { ClientSettings } from '../../traffic/client.ts';
import type { LoadSpec } from '../../traffic/load-spec.ts';
import { failureOf, isReadable, readCodings } from '../../traffic/outcomes.ts';
import { probe } from '../../traffic/probe.ts';
import { proxyFor, proxyWords, secretsOnTheWay } from '../../traffic/proxy.ts';
import type { Probe } from '../../traffic/wire.ts';
import type { ExternalService } from './options.ts';
import { mayBeProxys, refusalOfProxy } from './proxy-answers.ts';

interface Preflight {
  service: ExternalService;
  client: ClientSettings;
  profile: Profile;
  k6: string;
  say: (line: string) => void;
  signal: AbortSignal;
}

const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/**
 * One request before any load, sent by the load's own client. Throws `SERVICE_UNREACHABLE` when nothing answers, or only a proxy, and
 * `TRAFFIC_FAILED` when the client cannot read how it is coded; says aloud when something answers, but not what the API documents: load still
 * runs then, since wrong answers are the service's and the verdicts will show them. Returns what the load's client is to be like, after
 * what was seen.
 */
export async function preflight({
  service,
  client,
  profile,
  k6,
  say,
  signal,
}: Preflight): Promise<ClientSettings> {
  const [scenario] = Object.values(profile.scenarios);
  if (scenario === undefined) return client;
  const { url, firstAnswerMs, bodies } = service;
  const plan: LoadSpec = {
    scenario: 'preflight',
    url,
    api: service.api,
    model: scenario.model,
    payloads: scenario.payloads,
    ...client,
    seed: 0,
    arrivals: scenario.arrivals,
    warmupMs: 0,
    plannedMs: 0,
    timeoutMs: firstAnswerMs,
    route: 'main',
    epochMs: Date.now(),
    ...(bodies === undefined ? {} : { bodies }),
  };
  const proxy = proxyFor(new URL(url), process.env);
  const through = proxy === undefined ? '' : ` through ${proxyWords(proxy)}`;
  if (proxy !== undefined) say(`All requests to ${url} go${through}; NO_PROXY would except it.`);
  const answer = await probe(k6, plan, signal);
  const secrets = secretsOnTheWay(url, client.headers, service.metrics);
  const foreign = redactor(secrets, { foreign: true });
  const refusal = proxy && refusalOfProxy(proxy, url, answer, foreign);
  if (refusal !== undefined)
    throw new SuiteError('SERVICE_UNREACHABLE', `${url}${through}: ${refusal}`);
  if (answer.kind === 'failed' && isUnreadable(answer)) {
    say(
      `Warning: ${url} answered${through} with something that cannot be read: ${foreign(answer.error).slice(0, 200)}. Load runs all the same; the verdicts will show it.`,
    );
    return client;
  }
  if (answer.kind === 'failed') {
    throw new SuiteError(
      'SERVICE_UNREACHABLE',
      `${url}${through}: ${failureWords(foreign(answer.error).slice(0, 200), answer.code, firstAnswerMs)}`,
    );
  }
  const coding = headerOf(answer.headers, 'content-encoding');
  if (answer.status === 200 && !answer.wellFormed && !isReadable(coding)) {
    throw new SuiteError(
      'TRAFFIC_FAILED',
      `${url} answered${through} with Content-Encoding: ${foreign(coding ?? '').slice(0, 100)}, which our client cannot read: it reads ${and.format(readCodings)}, in small letters. So nothing can be said of the service. Ask it for an answer that can be read, for example with --header 'Accept-Encoding: identity'.`,
    );
  }
  const problem = complaint(service, answer, foreign);
  if (problem !== undefined) {
    const whose = proxy === undefined ? '' : mayBeProxys(proxy, url, answer.status);
    say(
      `Warning: ${url} answered${through} with ${problem}${whose} Load runs all the same; the verdicts will show it.`,
    );
  }
  if (answer.closes) return client;
  say(
    `Warning: ${url}${through} does not say that it closes a connection when asked to, so each is kept for the whole run: a balancer that spreads connections, not requests, may not bring load to every replica.`,
  );
  return { ...client, requestsPerConnection: null };
}

/** Something answered, in HTTP, but with what the client cannot make sense of. */
function isUnreadable({ code, error }: Probe & { kind: 'failed' }): boolean {
  return failureOf(code, error) === 'malformed' && !error.includes('malformed HTTP response');
}

function complaint(
  service: ExternalService,
  answer: Probe & { kind: 'answered' },
  foreign: (text: string) => string,
): string | undefined {
  const { status, headers, characters, wellFormed } = answer;
  if (status === 200 && wellFormed) return undefined;
  const [type = 'no content type', location] = ['content-type', 'location'].map((name) =>
    headerOf(headers, name),
  );
  if (status >= 300 && status < 400 && location !== undefined) {
    return `status ${status}, a redirect to ${redactUrl(foreign(location))}. It is not followed: name that address with --url, or allow it with --redirects 1.`;
  }
  const text =
    answer.text.trim() === '' ? '' : `: ${JSON.stringify(foreign(answer.text).slice(0, 200))}`;
  if (status !== 200) return `status ${status}${text}.`;
  return `status 200, but not with what --api ${service.api} documents (${type}, ${characters} characters)${text}.`;
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** What helps against the failures of a first request, by what the client says of them. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /x509: .*unknown authority/,
    'Its certificate is signed by an authority that this machine does not trust: name it with --ca FILE.',
  ],
  [
    /x509: certificate doesn't match hostname/,
    'Its certificate is for another name: use that one in the URL, or --ca FILE with one that fits.',
  ],
  [
    /x509:/,
    'Its certificate is not valid; --ca FILE names an authority, where that is what is missing.',
  ],
  [
    /remote error: tls: (?:certificate required|bad certificate|handshake failure|unknown certificate)/,
    'It asks for a certificate of ours: give --client-cert FILE --client-key FILE.',
  ],
  [/server gave HTTP response to HTTPS client/, 'It speaks no TLS: use http:// in the URL.'],
  [/malformed HTTP response "\\x15\\x03/, 'It speaks TLS: use https:// in the URL.'],
  [
    /too many open files|cannot assign requested address|cannot allocate memory/,
    'That is a limit of this machine, not of the service.',
  ],
  [
    /lookup|no such host/,
    'The load generator cannot resolve the name, though this machine may: give an address, or look at its resolver.',
  ],
  [/proxyconnect/, 'The proxy does not lead there; NO_PROXY would except the service from it.'],
];

function failureWords(error: string, code: number, firstAnswerMs: number): string {
  const timedOut = code === 1050;
  if (timedOut)
    return `no answer within ${firstAnswerMs / 1000} s. --first-answer waits longer, for a model that is still being loaded.`;
  const hint =
    hints.find(([words]) => words.test(error))?.[1] ?? 'Check the URL, and what listens there.';
  return `${error}. ${hint}`;
}
