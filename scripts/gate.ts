import { CommanderError } from 'commander';
import { gate } from './gate/gate.ts';
import { errorExitCode, readOptions } from './gate/options.ts';

const argv = process.argv.slice(2);
try {
  process.exitCode = await gate(await readOptions(argv), argv);
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = errorExitCode(error);
  }
}
