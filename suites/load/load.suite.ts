import { isLong } from '../../machine/test-form.testing.ts';
import type { Profile } from '../../slo/profile.ts';
import { testSuite } from '../suite.testing.ts';
import { load } from './load.ts';

/** As a test it runs in a short form: what a service does less often than every second may not show in it. AK-SLO-4 takes two minutes of load. */
const short = 'AK-SLO-1 AK-SLO-2 AK-SLO-3 AK-SLO-5';

if (!isLong)
  process.stderr.write(
    `The suite load in its short form: ${short} with 5 s of load at least, at a third of the rate. npm run test:all decides AK-SLO-4 too, with a minute.\n`,
  );

await testSuite(
  load,
  isLong
    ? []
    : [
        ...['--targets', ...short.split(' ')],
        ...'--budget 60s --min-time 5s --warmup 1s'.split(' '),
      ],
  isLong ? undefined : slowly,
);

/** The same scenarios with a third of their requests, so that little else on this machine makes any of them late. */
function slowly(profile: Profile): Profile {
  const scenarios = Object.entries(profile.scenarios).map(([name, scenario]) => {
    const { arrivals } = scenario;
    if (!('perSecond' in arrivals)) return [name, scenario];
    return [name, { ...scenario, arrivals: { ...arrivals, perSecond: arrivals.perSecond / 3 } }];
  });
  return { ...profile, scenarios: Object.fromEntries(scenarios) };
}
