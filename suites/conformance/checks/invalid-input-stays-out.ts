import { z } from 'zod';
import { check } from '../../runner/check.ts';
import { is } from '../../runner/matchers.ts';
import { metricsOf, newRow, score, untilLoaded } from '../inside/server.ts';
import { oneServer } from '../inside/stacks.ts';

/** Bodies that no model is to see. A limit is one that the document names. */
const invalid = ({ limit }: { limit: number }): Record<string, string | Uint8Array> => ({
  'an empty body': '',
  'a body of spaces': '   ',
  'broken JSON': '{"data": [[1, 2]',
  'JSON and more': '{"data": [[1, 2]]} [[3]]',
  null: 'null',
  'no array of data': '{"rows": [[1, 2]]}',
  'a number for an array': '{"data": 7}',
  'an empty array': '{"data": []}',
  'an empty row': '{"data": [[]]}',
  'text for numbers': '{"data": [["1", "2"]]}',
  'null for a number': '{"data": [[1, null]]}',
  'a truth value for a number': '{"data": [[true, false]]}',
  'an object for a number': '{"data": [[{"value": 1}]]}',
  'rows of different lengths': '{"data": [[1, 2], [3]]}',
  'numbers among rows': '{"data": [[1, 2], 3]}',
  'three dimensions': '{"data": [[[1, 2]]]}',
  'more elements than allowed': JSON.stringify({ data: [Array(limit + 1).fill(1)] }),
  'NaN as a word': '{"data": [[NaN, 1]]}',
  'NaN as text': '{"data": [["NaN", 1]]}',
  'infinity as a word': '{"data": [[Infinity, 1]]}',
  'a number beyond all bounds': '{"data": [[1e400, 1]]}',
  // RFC 8259, section 8.1: JSON is UTF-8.
  'invalid UTF-8': Buffer.concat([
    Buffer.from('{"data": [[1, 2]], "note": "'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ]),
  // RFC 8259, section 4: of names that are given twice nobody knows which counts.
  'a name given twice': '{"data": [[1, 2]], "data": [[3, 4]]}',
});

const requests = 'inference_batch_size_sum';

export const invalidInputStaysOut = check({
  id: 'invalid-input-stays-out',
  about: 'of requests that are not valid none reaches the model',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({ limit: z.int().positive() }),
  async run(context, params) {
    const { http, expect } = context;
    await untilLoaded(context);
    const headers = { 'content-type': 'application/json' };
    let before = await metricsOf(context);
    for (const [what, body] of Object.entries(invalid(params))) {
      const answer = await http({ path: '/score', body, headers });
      // The device takes requests in their order: after a good one, an invalid one before it would have been counted.
      await score(http, [newRow()]);
      const after = await metricsOf(context);
      const rise = after(requests) - before(requests);
      before = after;
      expect.value(`requests on the device, one good and ${what}`, rise, is(1), answer);
    }
  },
});
