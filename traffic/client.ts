/**
 * How our client goes to a service: asking first, driving load and, as far as it concerns the way there, reading its metrics. Plain data,
 * which may hold secrets.
 */
export interface ClientSettings extends TlsSettings {
  /** Sent with every request; each name once, whatever its case. */
  headers: Readonly<Record<string, string>>;
  /**
   * A connection is given up after so many requests, so that a balancer which spreads connections, not requests, brings load to every
   * replica. Each new one costs its first request the time of connecting. Null: never, since the service does not close it when asked to.
   */
  requestsPerConnection: number | null;
  /** Redirects that a request may follow; beyond them, the redirect is the answer. */
  redirects: number;
}

export interface TlsSettings {
  /** PEM file of authorities to trust beside those of the system; the client's `SSL_CERT_FILE` where unset. */
  caFile?: string;
  /** Our own certificate and its key, as PEM texts, for a service that asks for one. */
  certificate?: { cert: string; key: string };
}

export const usualClient = {
  headers: {},
  requestsPerConnection: 100,
  redirects: 0,
} as const satisfies ClientSettings;

/** How long the very first answer of a service is waited for where nobody says otherwise. */
export const usualFirstAnswerMs = 60_000;
