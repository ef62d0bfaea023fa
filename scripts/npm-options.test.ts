import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../machine/facts.ts';
import { keptByNpm, refusal } from './npm-options.mjs';

/** As under an npm of which nothing can be asked: neither what it knows, nor what it was started with. */
const unknownNpm = {
  npm_execpath: '/nonexistent/npm/bin/npm-cli.js',
  npm_node_execpath: '/nonexistent/node',
  npm_package_json: join(repository, 'package.json'),
  npm_lifecycle_event: 'gate',
};

test.for([
  ['ours', { npm_config_target: 'http://x', npm_config_min_time: '5s' }, ['target', 'min-time']],
  [
    "ours that are npm's too",
    { npm_config_ca: 'x', npm_config_json: 'true', npm_config_dry_run: 'true' },
    ['ca', 'json', 'dry-run'],
  ],
  ['what `--quiet` becomes', { npm_config_loglevel: 'warn' }, ['quiet']],
  [
    "a third one's, which the environment may set",
    { npm_config_electron_mirror: 'x', npm_config_nodedir: '/usr' },
    [],
  ],
  [
    "npm's own",
    { npm_config_prefix: '/usr', npm_config_loglevel: 'silent', npm_config_yes: '' },
    [],
  ],
  ['the environment’s, as people write them', { NPM_CONFIG_CA: 'x', NPM_CONFIG_TARGET: 'x' }, []],
] as const)('where nothing can be asked: %s', ([, variables, names]) => {
  expect(keptByNpm({ ...unknownNpm, ...variables }).map(({ name }) => name)).toEqual(names);
});

test.for([
  ['another package manager', { npm_execpath: '/usr/lib/yarn/bin/yarn.js' }],
  ['a script of another package', { npm_package_json: '/nonexistent/package.json' }],
  ['no package manager', { npm_execpath: undefined }],
] as const)('under %s nothing is looked for', ([, variables]) => {
  expect(keptByNpm({ ...unknownNpm, npm_config_target: 'x', ...variables })).toEqual([]);
});

test.for([
  [[{ name: 'rate', value: '500' }], 'npm run gate -- --rate=500'],
  [[{ name: 'rate', value: 'true' }], 'npm run gate -- --rate …'],
  [[{ name: 'quiet', value: 'true' }], 'npm run gate -- --quiet'],
  [[{ name: 'quiet', value: '' }], 'npm run gate -- --no-quiet'],
  [
    [{ name: 'fault', value: 'crash\n\nerrors=2% at 30s' }],
    "npm run gate -- --fault=crash '--fault=errors=2% at 30s'",
  ],
  [[{ name: 'out', value: "it's" }], "npm run gate -- '--out=it'\\''s'"],
  [[{ name: 'header', value: 'X: hunter2' }], 'npm run gate -- --header=…'],
  [[{ name: 'metrics', value: 'http://u:hunter2@h/metrics' }], 'npm run gate -- --metrics=…'],
  [[{ name: 'prometheus', value: 'https://h/?key=hunter2' }], 'npm run gate -- --prometheus=…'],
  [[{ name: 'metrics', value: 'http://h/metrics;key=hunter2' }], 'npm run gate -- --metrics=…'],
  [
    [{ name: 'target', value: 'http://h.test:5001/v1' }],
    'npm run gate -- --target=http://h.test:5001/v1',
  ],
  [[{ name: 'target', value: 'http://h.test/#hunter2' }], 'npm run gate -- --target=…'],
  [[{ name: 'model', value: 'Authorization: hunter2' }], 'npm run gate -- --model=…'],
  // Not known, so nobody can tell what its value is; one that is nearly known is written as it is right.
  [[{ name: 'hedaer', value: 'Authorization:hunter2' }], 'npm run gate -- --header=…'],
  [
    [{ name: 'hedaer', value: 'A: hunter2\n\nB: hunter2' }],
    'npm run gate -- --header=… --header=…',
  ],
  [[{ name: 'headers', value: 'true' }], 'npm run gate -- --header …'],
  [[{ name: 'token', value: 'hunter2' }], 'npm run gate -- --token=…'],
  [[{ name: 't', value: 'hunter2' }], 'npm run gate -- -t=…'],
] as const)('the command as it would be right: %j', ([options, command]) => {
  expect(refusal(options, { npm_lifecycle_event: 'gate' }).split('\n')).toContain(`  ${command}`);
});
