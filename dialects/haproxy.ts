import type { Dialect, Row } from './dialect.ts';

const frontend = ['proxy'];
const answers = (where: Row['where'] = []): Row => ({
  metric: 'haproxy_frontend_http_responses_total',
  kind: 'counter',
  unit: 'requests',
  labels: [...frontend, 'code'],
  where,
});

/** The exporter that is built into HAProxy 2.x and later. */
export const haproxy: Dialect = {
  name: 'haproxy',
  title: 'HAProxy',
  source: { kind: 'recorded', server: 'HAProxy', version: '2.6.12' },
  negotiates: false,
  rows: {
    balancerRequests: answers(),
    balancerErrors: {
      ...answers([['code', '=', '5xx']]),
      note: 'by class alone: an error of a server (500) is not told from one of the balancer (502, 503, 504)',
    },
    balancerServersUp: {
      metric: 'haproxy_backend_active_servers',
      kind: 'gauge',
      unit: 'servers',
      labels: frontend,
    },
    balancerQueue: {
      metric: 'haproxy_backend_current_queue',
      kind: 'gauge',
      unit: 'requests',
      labels: frontend,
    },
  },
};
