import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CounterAddress } from '../../evidence/counter-source.ts';
import type { Selector } from '../../evidence/selector.ts';
import { readUtf8 } from '../../machine/utf8-file.ts';
import { type SuiteError, usageError } from '../../slo/errors.ts';
import { type ClientSettings, usualClient } from '../../traffic/client.ts';
import { basic } from '../../traffic/node-client.ts';
import { decoded } from '../../traffic/proxy.ts';

/** The options that say how our client goes to a service, as they were given. */
export interface RawClient {
  header?: string[];
  ca?: string;
  clientCert?: string;
  clientKey?: string;
  /** Shorter names of the two before, which npm swallows where `--` is forgotten. */
  cert?: string;
  key?: string;
  requestsPerConnection?: number;
  redirects?: number;
}

/** Where a service's own counts are read, and what answers there. */
export interface MetricsSource extends CounterAddress {
  kind: 'metrics' | 'prometheus';
}

/** Reads the files and variables that the options name. Throws `USAGE`. */
export function readClient(raw: RawClient): ClientSettings {
  const {
    header = [],
    ca,
    clientCert: cert = raw.cert,
    clientKey: key = raw.key,
    requestsPerConnection,
    redirects,
  } = raw;
  if (ca !== undefined) checkAuthority(ca);
  return {
    headers: readHeaders(header),
    requestsPerConnection: requestsPerConnection ?? usualClient.requestsPerConnection,
    redirects: redirects ?? usualClient.redirects,
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined && key === undefined ? {} : { certificate: readCertificate(cert, key) }),
  };
}

/** User and password leave the URL at once, so that no message can repeat them. */
export function metricsSource(
  kind: MetricsSource['kind'],
  text: string,
  loadHeaders: ClientSettings['headers'],
  selector: Selector | undefined,
): MetricsSource {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  if (kind === 'prometheus') {
    if (url.pathname.includes(';')) {
      throw usageError(
        '--prometheus: give a base URL without parameters of its path (";"), for example http://prometheus.example.com:9090.',
      );
    }
    url.pathname = url.pathname.replace(/\/+$/, '');
  }
  const headers = headersFor(loadHeaders);
  if (username !== '' || password !== '')
    headers.set('authorization', basic(decoded(username), decoded(password)));
  return {
    kind,
    url: url.href,
    headers: Object.fromEntries(headers),
    ...(selector === undefined ? {} : { selector }),
  };
}

/** What is about a request's body, about its answer, and about the server that it goes to. */
const ofTheLoad = ['content-type', 'accept', 'host'];

/** The load's headers, for who has the counts. */
function headersFor(load: ClientSettings['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(load)) {
    // A header's text is bytes to the platform; the load's client writes UTF-8.
    headers.set(name, Buffer.from(value).toString('latin1'));
  }
  for (const name of ofTheLoad) headers.delete(name);
  return headers;
}

function checkAuthority(file: string): void {
  parseCertificate('--ca', file, readUtf8('--ca', file));
}

function parseCertificate(option: string, file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw usageError(
      `${option} ${file} holds no certificate in PEM ("-----BEGIN CERTIFICATE-----").`,
      { cause },
    );
  }
}

function readCertificate(
  certFile: string | undefined,
  keyFile: string | undefined,
): { cert: string; key: string } {
  if (certFile === undefined || keyFile === undefined)
    throw usageError('--client-cert FILE and --client-key FILE belong together.');
  const [cert, key] = [readUtf8('--client-cert', certFile), readUtf8('--client-key', keyFile)];
  const certificate = parseCertificate('--client-cert', certFile, cert);
  if (/ENCRYPTED/.test(key)) {
    throw usageError(
      `--client-key ${keyFile} is encrypted. Give it without a passphrase, for example from openssl pkey -in ${keyFile}.`,
    );
  }
  let belongs: boolean;
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw usageError(
      `--client-key ${keyFile} holds no private key in PEM ("-----BEGIN PRIVATE KEY-----").`,
      { cause },
    );
  }
  if (!belongs)
    throw usageError(
      `--client-key ${keyFile} is not the key of the certificate in --client-cert ${certFile}.`,
    );
  return { cert, key };
}

const repeats = 'with it, a request whose connection breaks is sent again, and nobody is told';
/** Headers that the client makes itself, or must not have: another value would break the request, or what is recorded of it. */
const ownHeaders: Readonly<Record<string, string>> = {
  connection:
    'the client sets it itself, and --requests-per-connection says how long a connection is kept',
  'content-length': 'the client sets it itself, as it follows from the body',
  'transfer-encoding': 'the client sets it itself, as it follows from the body',
  'x-request-id': 'the client sets it itself, as it tells the requests of the run apart',
  'idempotency-key': repeats,
  'x-idempotency-key': repeats,
};

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  const known = new Set<string>();
  for (const [at, given] of lines.entries()) {
    const where = `--header (${at + 1} of ${lines.length})`;
    const line = lineOf(given, where);
    const [, name, value] =
      /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:\t|\P{Cc})+)$/u.exec(line) ?? [];
    // The text may be a secret, so the message does not repeat it.
    if (name === undefined || value === undefined) {
      const which = line === given ? 'it' : 'what the variable holds';
      throw usageError(
        `${where}: ${which} is no header line. Give 'Name: value', or 'env:NAME' where the variable NAME holds such a line.`,
      );
    }
    if (line === given && /^env:/i.test(value))
      throw wrongVariable(where, 'env: does not stand for a value');
    const own = ownHeaders[name.toLowerCase()];
    if (own !== undefined) throw usageError(`--header ${name} cannot be given: ${own}.`);
    if (known.has(name.toLowerCase())) {
      throw usageError(
        `--header ${name} is given twice. Give it once, with its values joined as the header asks (often by commas).`,
      );
    }
    known.add(name.toLowerCase());
    headers[name] = value;
  }
  return headers;
}

/** The line itself, or what the variable holds that it names. A header may be called `env` too, with white space after the colon. */
function lineOf(given: string, where: string): string {
  const name = /^env:(?![ \t])(.*)$/is.exec(given)?.[1];
  if (name === undefined) return given;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw wrongVariable(where, 'what follows env: is no name of a variable');
  const line = process.env[name];
  if (line === undefined)
    throw wrongVariable(where, 'what follows env: is no variable that is set');
  return line;
}

/** What was given is not repeated: of `env:$NAME` the shell makes the secret itself. */
function wrongVariable(where: string, what: string): SuiteError {
  return usageError(
    `${where}: ${what}. Right would be --header 'env:NAME', in single quotes and without "$", where the variable NAME holds the whole line 'Name: value'.`,
  );
}
