import type { Profile } from '../slo/profile.ts';
import { burnAlertName } from './burn-rate.ts';
import type { Watched } from './indicator.ts';
import type { ServiceRules } from './service-rules.ts';

/** What watches a service, and what does not and why: beside its rules. */
export function servicePage(
  { id, title, document }: Profile,
  { server, balancer, gpu }: Watched,
  { groups, unwatched, leftOutPairs, withoutSignal }: ServiceRules,
): string {
  const seen = [server, balancer, gpu].flatMap((dialect) =>
    dialect === undefined ? [] : `${dialect.title} (\`${dialect.name}\`)`,
  );
  const alerts = groups.flatMap(({ alerts: some }) => some);
  const names = [...new Set(alerts.map(({ alert }) => alert))];
  const rows = names.map((name) => {
    const own = alerts.filter(({ alert }) => alert === name);
    const of = own.flatMap(({ labels }) => labels?.['slo'] ?? labels?.['target'] ?? []);
    return `| [${name}](runbooks/${name}.md) | ${own[0]?.severity} | ${of.join(', ') || '–'} |`;
  });
  const left = [
    ...unwatched.map(({ slo, why }) => `- **${slo}** has no error budget alerts: ${why}.`),
    ...leftOutPairs.map(
      ({ slo, window }) =>
        `- **${slo}** has no ${burnAlertName(window)}: with ${window.burn} times its budget no share of bad requests is enough.`,
    ),
    ...withoutSignal.map(
      ({ alert, lacks }) =>
        `- **${alert}** is left out: nothing that is watched shows ${lacks.join(', ')}.`,
    ),
  ];
  return `# ${title}: alerts

Of ${document}, profile \`${id}\`, seen through ${seen.join(', ')}.

- \`rules.yaml\` for Prometheus, \`prometheusrule.yaml\` for its operator
- \`alertmanager.yaml\`: routing, grouping, inhibition, receivers
- \`runbooks/\`: a page for each alert

| alert | severity | of |
| --- | --- | --- |
${rows.join('\n')}

## Left out

${left.length === 0 ? 'Nothing.' : left.join('\n')}
`;
}
