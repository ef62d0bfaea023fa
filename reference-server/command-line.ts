import { Command } from 'commander';
import { type Config, ConfigError, deviceKeys, type Flags, readConfig } from './config.ts';
import { systems } from './systems/index.ts';

const environmentHelp = `
Environment, as the documents name it:
  MODEL_NAME, MODEL_VERSION, DEPLOYMENT_NAME   show up in every answer
  REDIS_HOST, REDIS_PORT (6380), REDIS_PASSWORD   response cache; none without REDIS_HOST
  REDIS_TLS (true)   TLS 1.2 or later to Redis; NODE_EXTRA_CA_CERTS adds a certificate authority
  ADMIN_TOKEN   bearer token of the admin listener, at least 8 characters
  PORT   serving port, where --port is not given
  LOG_LEVEL (info)

Examples:
  node main.ts --system mlops-aks
  node main.ts --system kserve-mlops --port 8080 --batcher
  ADMIN_TOKEN=… node main.ts --admin-port 9901 --device fixedMs=20,jitter=0`;

/**
 * Reads the command line and the environment.
 * @throws ConfigError naming every problem. `--help` prints and ends the process.
 */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const command = new Command('reference-server')
    .description(
      'A GPU inference server with a simulated device, for testing what watches and fronts such servers.',
    )
    .option(
      '--system <id>',
      `documented system to stand in for: ${systems.map(({ id }) => id).join(', ')} (default: mlops-aks)`,
    )
    .option('--host <address>', 'address to serve on, metrics too (default: 127.0.0.1)')
    .option('--port <number>', 'serving port, 0 for any free one (default: as documented)')
    .option('--metrics-port <number>', 'port of /metrics (default: 9090)')
    .option('--admin-port <number>', 'port of the admin listener (default: none)')
    .option('--admin-host <address>', 'address of the admin listener (default: 127.0.0.1)')
    .option('--seed <number>', 'seed of everything random (default: 1)')
    .option('--replica <name>', 'name of this replica (default: the host name)')
    .option(
      '--drain-ms <number>',
      'how long to keep serving, not ready, after SIGTERM (default: 0)',
    )
    .option(
      '--request-timeout-ms <number>',
      'how long a request may take to arrive, body included (default: 30000)',
    )
    .option('--device <key=value,…>', `changes the device and its models: ${deviceKeys.join(', ')}`)
    .option('--batcher', "switch the system's documented batcher on")
    .addHelpText('after', environmentHelp)
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride((error) => {
      if (error.exitCode === 0) process.exit(0);
      throw new ConfigError([error.message.replace(/^error: /, '')]);
    })
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: 'user' });
  const unknown = command.args.map((argument) => `${argument}: unknown argument`);
  try {
    const config = readConfig(command.opts<Flags>(), environment);
    if (unknown.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...unknown, ...error.problems]);
  }
  throw new ConfigError(unknown);
}
