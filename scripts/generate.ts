import { runCommand } from './cli/command.ts';

// Loaded in here, so that what cannot be loaded is an error like any other.
runCommand(async () => (await import('./commands/generate.ts')).generate(process.argv.slice(2)));
