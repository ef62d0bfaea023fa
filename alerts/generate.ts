import type { Profile } from '../slo/profile.ts';
import { prometheusRule, ruleFile, runbookPage } from './files.ts';
import type { Watched } from './indicator.ts';
import { alertmanagerConfig } from './routing.ts';
import type { Alert } from './rules.ts';
import { servicePage } from './service-page.ts';
import { serviceRules } from './service-rules.ts';
import type { Values } from './values.ts';

/**
 * Everything for one service, as text by path below its folder. The same input makes the same bytes. Throws a plain `Error` that names every
 * objective which the metrics of the service could never show: such a profile has to be mended.
 */
export function generateAlerts(
  profile: Profile,
  watched: Watched,
  values: Values,
): ReadonlyMap<string, string> {
  const rules = serviceRules(profile, watched, values);
  const { groups, unwatched } = rules;
  const mistakes = unwatched.filter(({ isMistake }) => isMistake);
  if (mistakes.length > 0)
    throw new Error(mistakes.map(({ slo, why }) => `${profile.id}: ${slo}: ${why}`).join('\n'));
  const alerts = new Map<string, Alert>(
    groups.flatMap((group) => group.alerts.map((alert) => [alert.alert, alert] as const)),
  );
  return new Map([
    ['README.md', servicePage(profile, watched, rules)],
    ['rules.yaml', ruleFile(groups, values)],
    ['prometheusrule.yaml', prometheusRule(`tailgate-${profile.id}`, groups, values)],
    ['alertmanager.yaml', alertmanagerConfig(values)],
    ...[...alerts].map(
      ([name, { runbook }]) => [`runbooks/${name}.md`, runbookPage(name, runbook)] as const,
    ),
  ]);
}
