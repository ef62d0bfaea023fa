import { Command } from 'commander';
import { buildMirror } from '../../fixtures/services/mirror.ts';
import { hintAtDashes } from '../gate/option-values.ts';

const variable = 'TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX';

const program = new Command('npm run images --')
  .description(
    `Builds stand-ins for the official images out of this machine's own parts (Debian's packages, the tools in the cache, npm's Node.js), for machines that reach no registry. Needs a Docker engine, debootstrap and root. The images are named as ${variable} says.`,
  )
  .exitOverride();
hintAtDashes(program);

export async function images(argv: readonly string[]): Promise<number> {
  program.parse(argv, { from: 'user' });
  await buildMirror((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`export ${variable}=${process.env[variable]}\n`);
  return 0;
}
