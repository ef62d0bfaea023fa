import { type FastifyBaseLogger, LogController } from 'fastify';
import pino from 'pino';

/** A logger and the way to get what it holds back onto the disk. */
export interface Log {
  logger: FastifyBaseLogger;
  flush(): void;
}

/** JSON lines on standard output, written in batches of at most a tenth of a second: one write per line would cost a tenth of the throughput. */
export function createLog(level: string, replica: string): Log {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: 8_192,
    periodicFlush: 100,
  });
  const logger: FastifyBaseLogger = pino(
    {
      level,
      base: { replica },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (name) => ({ level: name }) },
    },
    destination,
  );
  return {
    logger,
    flush() {
      // Before its file descriptor is open there is nothing to flush, and asking throws.
      try {
        destination.flushSync();
      } catch {}
    },
  };
}

/** Fastify's own lines per request are off: the server writes one of its own, with the correlation id in `requestId`. */
export const logController = new LogController({
  disableRequestLogging: true,
  requestIdLogLabel: 'requestId',
});
