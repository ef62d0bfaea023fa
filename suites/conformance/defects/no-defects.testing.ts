import { type Defect, errorField, health } from './defect.testing.ts';
import { field } from './mutations.testing.ts';

/** What a good service may well do. */
export const noDefects: readonly Defect[] = [
  {
    name: 'other white space and other commas in errors',
    seed: errorField(['error'], (text) =>
      String(text)
        .replace('>10MB', '> 10 MB')
        .replace('100,000', '100000')
        .replace('100001', '100,001'),
    ),
    fails: { 'error-texts': [] },
  },
  {
    name: 'times in microseconds, without a zone',
    seed: {
      proxy: field('good', '/score', ['metadata', 'timestamp'], (time) =>
        String(time).replace('Z', '123'),
      ),
    },
    fails: { 'score-answer': [] },
  },
  {
    name: 'it is up so many whole seconds',
    seed: health('uptime_seconds', (seconds) => Math.floor(Number(seconds))),
    fails: { 'health-answer': [] },
  },
];
