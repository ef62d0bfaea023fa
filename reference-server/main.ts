import { readCommandLine } from './command-line.ts';
import { type Config, ConfigError } from './config.ts';
import { createLog, type Log } from './log.ts';
import { buildServer, type ReferenceServer } from './server.ts';

/** Wrong usage, as in BSD's sysexits.h. */
const exitUsage = 64;
/** Longest wait for open requests once the listener is closed; the documented backend timeout. */
const finishWithinMs = 30_000;

async function main(): Promise<void> {
  const config = configure();
  const log = createLog(config.logLevel, config.replica);
  const server = buildServer(config, { logger: log.logger, crash });
  endOnSignals(server, log, finishWithinMs + config.drainMs);
  try {
    const ports = await server.listen();
    log.logger.info({ system: config.system.id, host: config.host, ports }, 'listening');
  } catch (error) {
    // Nothing runs yet, so a line for people is of more use than one for a log collector.
    process.stderr.write(
      `reference-server: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  }
  log.flush();
  const refused = await server.load();
  for (const reason of refused) log.logger.error(`Out of memory: ${reason}`);
  if (refused.length === 0) log.logger.info('ready');
  log.flush();
}

function configure(): Config {
  try {
    return readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) process.stderr.write(`reference-server: ${problem}\n`);
    process.exit(exitUsage);
  }
}

/** The first signal drains, the second ends at once. */
function endOnSignals(server: ReferenceServer, log: Log, withinMs: number): void {
  let draining = false;
  const end = (code: number) => {
    log.flush();
    process.exit(code);
  };
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, () => {
      if (draining) end(128 + number);
      draining = true;
      log.logger.info(`${signal}: draining`);
      setTimeout(() => {
        log.logger.error(`requests still open ${withinMs} ms after the signal are cut`);
        end(1);
      }, withinMs).unref();
      server.drain().then(
        () => {
          log.logger.info('drained');
          end(0);
        },
        (error: unknown) => {
          log.logger.error({ err: error }, 'draining failed');
          end(1);
        },
      );
    });
  }
}

/** Ends as SIGKILL would. As the first process of a container it cannot kill itself, hence the second line. */
function crash(): void {
  process.kill(process.pid, 'SIGKILL');
  process.exit(137);
}

await main();
