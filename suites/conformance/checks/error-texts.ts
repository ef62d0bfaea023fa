import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Ask } from '../../runner/http.ts';
import { type Matcher, matching } from '../../runner/matchers.ts';
import { padded, scoring, scoringText, table, tableOf } from '../score/bodies.ts';
import { fieldOf } from '../shared/json.ts';

export const errorTexts = check({
  id: 'error-texts',
  about: 'the text of an error names the reason',
  needs: ['score'],
  params: z.object({ maxElements: z.int().positive(), maxMegabytes: z.int().positive() }),
  async run({ http, expect }, { maxElements, maxMegabytes }) {
    const empty = matching(/\bempty\b/i, 'text that calls the body empty');
    const tooLong = padded(JSON.stringify({ data: table(1) }), maxMegabytes * 1e6 + 1);
    const more = maxElements + 1;
    const cases: Record<string, [Ask, Matcher]> = {
      'an empty body': [scoringText(''), empty],
      null: [scoringText('null'), empty],
      'a payload too large': [
        scoringText(tooLong),
        matching(
          new RegExp(`too large.*>\\s*${maxMegabytes}\\s*MB\\b`, 'is'),
          `text that calls the payload too large (>${maxMegabytes}MB)`,
        ),
      ],
      'an array too large': [
        scoring(tableOf(more)),
        matching(
          new RegExp(`too large.*\\b${spelled(more)}\\b.*\\b${spelled(maxElements)}\\b`, 'is'),
          `text that calls the array too large, with ${more} elements and the maximum of ${maxElements}`,
        ),
      ],
    };
    for (const [subject, [ask, expected]] of Object.entries(cases)) {
      const answer = await http(ask);
      expect.value(subject, fieldOf(answer.json, 'error'), expected, answer);
    }
  },
});

/** A pattern for a number with or without commas between its groups of three. */
function spelled(number: number): string {
  return number.toLocaleString('en-US').replaceAll(',', ',?');
}
