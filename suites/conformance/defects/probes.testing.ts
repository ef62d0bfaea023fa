import { always, type Defect, health } from './defect.testing.ts';
import { answers, json } from './mutations.testing.ts';

export const inProbes: readonly Defect[] = [
  {
    name: 'health is 500',
    seed: { proxy: answers('good', '/health', () => ({ status: 500 })) },
    fails: { 'health-answer': ['/health'] },
  },
  ...Object.entries({
    status: 'ok',
    model_loaded: 'yes',
    model_name: undefined,
    model_version: 3,
  }).map(([name, value]) => ({
    name: `health has a wrong ${name}`,
    seed: health(name, always(value)),
    fails: { 'health-answer': [name] },
  })),
  {
    name: 'health counts requests in words',
    seed: health('total_requests', String),
    fails: { 'health-answer': ['total_requests', 'error_rate_percent'] },
  },
  {
    name: 'health knows no errors',
    seed: health('error_count', always(undefined)),
    fails: { 'health-answer': ['error_count', 'error_rate_percent'] },
  },
  {
    name: 'errors as a share in place of per cent',
    seed: health('error_rate_percent', (percent) => Number(percent) / 100),
    fails: { 'health-answer': ['error_rate_percent'] },
  },
  {
    name: 'a service that is always as old',
    seed: health('uptime_seconds', always(5)),
    fails: { 'health-answer': ['uptime_seconds rises'] },
  },
  {
    name: 'a service that is not born yet',
    seed: health('uptime_seconds', always(-1)),
    fails: { 'health-answer': ['uptime_seconds', 'uptime_seconds rises'] },
  },
  {
    name: 'requests are forgotten',
    seed: {
      proxy: json('good', '/health', (value) => ({
        ...(typeof value === 'object' ? value : {}),
        total_requests: 10 ** 13 - Date.now(),
        error_count: 0,
        error_rate_percent: 0,
      })),
    },
    fails: { 'health-answer': ['total_requests does not fall'] },
  },
  {
    name: 'it is never ready',
    seed: { proxy: answers('good', '/readiness', () => ({ status: 503 })) },
    fails: { 'probes-ready': ['/readiness'] },
  },
  {
    name: 'there is no probe of liveness',
    seed: { proxy: answers('good', '/liveness', () => ({ status: 404 })) },
    fails: { 'probes-ready': ['/liveness'] },
  },
];
