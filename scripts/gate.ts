import { endInterrupted, runCommand, takeSignals } from './cli/command.ts';

// Until the gate itself takes them. What it loads takes a while.
takeSignals((name) => endInterrupted(`${name} ended it before anything was started`));

const argv = process.argv.slice(2);

// Loaded in here, so that what cannot be loaded is an error like any other; and only what is wanted, for the report alone takes a second.
runCommand(async () => {
  const { readOptions } = await import('./gate/options.ts');
  const options = await readOptions(argv);
  if (options.does === 'run') return (await import('./gate/gate.ts')).gate(options, argv);
  const { list, plan } = await import('./gate/listing.ts');
  const { describeRun } = await import('./gate/run-record.ts');
  process.stdout.write(
    options.does === 'list' ? list(options) : plan(options, describeRun(options, argv)),
  );
  return 0;
});
