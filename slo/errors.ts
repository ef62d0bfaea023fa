/**
 * What can go wrong with the harness itself, as data. A missed target is never one of these: that is a verdict.
 * `docs/errors.md` lists the same codes for people; a test holds the two together.
 */
export const errorCodes = {
  USAGE: "An option, a file, a profile or a proxy's variable is wrong; nothing was started.",
  TOOL_MISSING: 'A binary that the run needs is neither here nor can be built or unpacked.',
  TOOL_BUILD_FAILED: 'Building or unpacking a binary into the cache failed.',
  SERVICE_NOT_READY: 'A part of the stack did not become ready in its time.',
  SERVICE_EXITED: 'A part of the stack ended by itself.',
  DOCKER_UNAVAILABLE: 'Containers were asked for, but no engine answers or an image cannot be had.',
  TRAFFIC_FAILED:
    'The load generator could not start, was killed, or cannot read how answers are coded.',
  SERVICE_UNREACHABLE: 'The service never answered.',
  PROMETHEUS_FAILED: 'Prometheus did not answer or answered something else.',
  FOLDER_NOT_WRITABLE: 'A folder for the cache or for temporary files cannot be written.',
  EVIDENCE_WRITE_FAILED: 'The run folder cannot be written (disk full, no permission).',
  EVIDENCE_UNREADABLE: 'A run folder is not one, or its evidence is damaged.',
  EVIDENCE_ALTERED: 'Evidence differs from the hash it was sealed with.',
  INTERRUPTED: 'A signal ended the run before any load, or a second one ended it at once.',
  CHECK_TOO_SLOW: 'A check took longer than it may: the service is slow, or the check hangs.',
  INTERNAL: 'A check crashed.',
} as const;

type ErrorCode = keyof typeof errorCodes;

/** The harness is broken (exit 3), or was used wrongly (`USAGE`, exit 64). */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Wrong usage, with what was wrong, where, and what would be right in one message. */
export function usageError(message: string, options?: ErrorOptions): SuiteError {
  return new SuiteError('USAGE', message, options);
}

/** What a person is told of an error: its code, of which `USAGE` speaks for itself, and the stack of one that is a defect of ours. `of`: what met it. */
export function describeError(error: unknown, of = ''): string {
  const about = of === '' ? '' : `${of}: `;
  if (error instanceof SuiteError)
    return error.code === 'USAGE' ? error.message : `${error.code}: ${about}${error.message}`;
  return `INTERNAL: ${about}${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
