import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Ask } from '../../runner/http.ts';
import { is, ofShape, refusal } from '../../runner/matchers.ts';
import { box, row, scoring, scoringText, tableOf } from '../score/bodies.ts';
import { isJsonType, requestId, text, timestamp } from '../score/shapes.ts';
import { fieldOf } from '../shared/json.ts';
import { expectRightRequest } from '../shared/right-request.ts';

const errors = (maxElements: number): Readonly<Record<string, Ask>> => ({
  'an empty body': scoringText(''),
  'what is no JSON': scoringText('{"data": [[1, 2'),
  'no data': scoringText('{"rows": [[1, 2, 3, 4]]}'),
  'too many elements': scoring(tableOf(maxElements + 1)),
  'text in place of numbers': scoring([['one', 'two', 'three', 'four']]),
  'rows of different lengths': scoring([row(4), row(3)]),
  'three dimensions': scoring(box(3)),
});

const shapeOf = (minutes: number) =>
  ofShape(
    z.object({
      error: text,
      // What it holds is left to the service: it may not want to show its code.
      trace: z.string(),
      metadata: z.object({
        request_id: requestId(minutes),
        timestamp: timestamp(minutes),
        model_version: text,
      }),
    }),
    '{error: text, trace: text, metadata: {request_id: <epoch ms>-<number>, ' +
      `timestamp: ISO 8601, model_version: text}}, with times within ${minutes} min of our clock's`,
  );

export const structuredErrors = check({
  id: 'structured-errors',
  about: 'every error of a request is answered as a client error, in one form',
  needs: ['score'],
  params: z.object({ maxElements: z.int().positive(), clockMinutes: z.number().positive() }),
  async run(context, { maxElements, clockMinutes }) {
    const { http, expect } = context;
    await expectRightRequest(context);
    const ids: unknown[] = [];
    const asks = Object.entries(errors(maxElements));
    for (const [name, ask] of asks) {
      const answer = await http(ask);
      expect.status(`${name}: status`, answer, refusal);
      expect.value(`${name}: content type`, answer.headers['content-type'], isJsonType, answer);
      expect.value(`${name}: body`, answer.json, shapeOf(clockMinutes), answer);
      ids.push(fieldOf(answer.json, 'metadata', 'request_id'));
    }
    expect.value('request ids that differ', new Set(ids).size, is(asks.length));
  },
});
