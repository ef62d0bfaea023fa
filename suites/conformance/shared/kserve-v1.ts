import { z } from 'zod';
import { formats } from '../../../traffic/apis/index.ts';
import { ofShape } from '../../runner/matchers.ts';

/** What the checks of KServe's V1 have in common. */

export const { path: predictPath } = formats['kserve-v1'];
export const modelsPath = '/v1/models';
export const modelPath = (model: string): string => `${modelsPath}/${encodeURIComponent(model)}`;

export const noSuchModel = 'tailgate-no-such-model';

/** Two rows, for a model of rows; another takes others. */
export const instances = z
  .array(z.unknown())
  .min(1)
  .default(() => [
    [1, 2],
    [3, -4],
  ]);

/**
 * TensorFlow Serving, whose V1 it is, says so (https://www.tensorflow.org/tfx/serving/api_rest); KServe's own page says nothing of errors.
 */
export const errorBody = ofShape(
  z.object({ error: z.string().min(1) }),
  'a JSON object with a text "error"',
);
