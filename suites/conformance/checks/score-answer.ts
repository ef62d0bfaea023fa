import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { between, is, ofShape, success } from '../../runner/matchers.ts';
import { scoring, table } from '../score/bodies.ts';
import { isJsonType, isRequestId, isText, isTimestamp } from '../score/shapes.ts';
import { fieldOf } from '../shared/json.ts';

const cases = { 'one row': 1, 'several rows': 3 };

export const scoreAnswer = check({
  id: 'score-answer',
  about: 'a request is answered with a prediction for each row, and with metadata',
  needs: ['score'],
  params: z.object({ clockMinutes: z.number().positive() }),
  async run({ http, expect }, { clockMinutes }) {
    const ids: unknown[] = [];
    for (const [name, rows] of Object.entries(cases)) {
      const answer = await http(scoring(table(rows)));
      if (!expect.status(`${name}: status`, answer, success)) continue;
      const type = answer.headers['content-type'];
      expect.value(`${name}: content type`, type, isJsonType, answer);
      const predictions = fieldOf(answer.json, 'predictions');
      const asMany = ofShape(z.array(z.number()).length(rows), `a list of numbers, ${rows} long`);
      expect.value(`${name}: predictions`, predictions, asMany, answer);
      const fields = {
        model_name: isText,
        model_version: isText,
        deployment: isText,
        request_id: isRequestId(clockMinutes),
        // No more than the whole request took.
        inference_time_ms: between(0, Math.ceil(answer.ms)),
        timestamp: isTimestamp(clockMinutes),
        num_predictions: is(rows),
      };
      for (const [field, expected] of Object.entries(fields)) {
        const seen = fieldOf(answer.json, 'metadata', field);
        expect.value(`${name}: metadata.${field}`, seen, expected, answer);
      }
      ids.push(fieldOf(answer.json, 'metadata', 'request_id'));
    }
    if (ids.length > 1) expect.value('request ids that differ', new Set(ids).size, is(ids.length));
  },
});
