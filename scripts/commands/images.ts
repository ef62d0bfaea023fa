import { Command } from 'commander';
import { buildMirror } from '../../fixtures/images/mirror.ts';
import { mirrorVariable, ownMirror } from '../../fixtures/images/own-mirror.ts';
import { startWatchdog } from '../../fixtures/runtime/watchdog.ts';
import { SuiteError } from '../../slo/errors.ts';
import { endInterrupted } from '../cli/command.ts';
import { Interruption } from '../cli/interruption.ts';
import { parseTyped } from '../cli/option-values.ts';

const program = new Command('npm run images --').description(
  `Builds stand-ins for the official images out of this machine's own parts (Debian's packages, the tools in the cache, npm's Node.js), for machines that reach no registry. Needs a Docker engine, debootstrap and root. The images are named as ${mirrorVariable} says (default: ${ownMirror}, which is found by itself).`,
);

export async function images(argv: readonly string[]): Promise<number> {
  parseTyped(program, argv);
  using interruption = new Interruption({
    first: (name) => say(`${name}: ending; images that are finished stay (again to end at once)`),
    second: (name) => endInterrupted(`${name} again ended it at once`),
  });
  const { signal } = interruption;
  await using watchdog = await startWatchdog({ onProgress: say });
  try {
    await buildMirror({ say, watchdog, signal });
  } catch (error) {
    if (signal.aborted)
      throw new SuiteError(
        'INTERRUPTED',
        'not every image was built; what was begun is cleared up',
        { cause: error },
      );
    throw error;
  }
  process.stdout.write(`export ${mirrorVariable}=${process.env[mirrorVariable]}\n`);
  return 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
