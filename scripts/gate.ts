import { CommanderError } from 'commander';
import { gate } from './gate/gate.ts';
import { describeError, errorExitCode, readOptions } from './gate/options.ts';

const argv = process.argv.slice(2);
try {
  process.exitCode = await gate(await readOptions(argv), argv);
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = 0;
  else {
    console.error(describeError(error));
    process.exitCode = errorExitCode(error);
  }
}
