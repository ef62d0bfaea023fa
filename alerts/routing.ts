import { stringify } from 'yaml';
import { promDuration } from './duration.ts';
import type { Values } from './values.ts';

const minute = 60_000;

/** Unscaled: how long a group is waited for, how soon it is told of again when it changes, and when not. */
export const waits = {
  groupMs: 30_000,
  groupIntervalMs: 5 * minute,
  repeatMs: 240 * minute,
} as const;

export const actionGroup = 'action-group';

/**
 * Alertmanager's configuration: everything goes to the action group, by e-mail and webhook, grouped by what is wrong with whom; the
 * Watchdog on a route of its own. A page silences the ticket for the same objective; a job without targets silences what follows from that.
 */
export function alertmanagerConfig({ receivers, by }: Values): string {
  const { emails, from, smarthost, smtpTls, webhooks, watchdog } = receivers;
  return stringify(
    {
      route: {
        receiver: actionGroup,
        group_by: ['alertname', 'slo', ...by],
        group_wait: promDuration(waits.groupMs),
        group_interval: promDuration(waits.groupIntervalMs),
        repeat_interval: promDuration(waits.repeatMs),
        routes: [
          {
            receiver: 'watchdog',
            matchers: ['alertname="Watchdog"'],
            group_wait: '0s',
            group_interval: promDuration(minute),
            repeat_interval: promDuration(5 * minute),
          },
        ],
      },
      inhibit_rules: [
        {
          source_matchers: ['tier="page"'],
          target_matchers: ['tier="ticket"'],
          equal: ['slo', ...by],
        },
        {
          source_matchers: ['alertname="ReplicasVanished"'],
          target_matchers: ['alertname="ObjectiveUnseen"'],
          equal: ['profile'],
        },
      ],
      receivers: [
        {
          name: actionGroup,
          email_configs: emails.map((to) => ({
            to,
            from,
            smarthost,
            require_tls: smtpTls,
            send_resolved: true,
          })),
          webhook_configs: webhooks.map((url) => ({ url, send_resolved: true })),
        },
        { name: 'watchdog', webhook_configs: [{ url: watchdog, send_resolved: false }] },
      ],
    },
    { lineWidth: 0 },
  );
}
