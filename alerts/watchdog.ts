import type { Alert } from './rules.ts';

/** Fires always: what hears nothing of it any more knows that alerts do not arrive. */
export const watchdog: Alert = {
  alert: 'Watchdog',
  expr: 'vector(1)',
  severity: '4',
  summary: 'Alerts arrive. This one fires always, and whoever misses it should speak up.',
  runbook: {
    means:
      'Nothing is wrong: it fires to show that alerts arrive. What it is sent to speaks up when it stops.',
    impact: 'None while it fires. When it stops, no other alert arrives either.',
    confirm: 'vector(1)',
    causes: [
      'Prometheus or Alertmanager is down.',
      'Alertmanager cannot send.',
      'The dead man’s switch cannot be reached.',
    ],
    actions: [
      'Open Alertmanager, and see whether this alert is there.',
      'Read its log for failed notifications.',
    ],
  },
};
