import type { Refusal } from './refusal.ts';

interface About {
  requestId: string;
  modelVersion: string;
}

/** The body of an error as a system documents it: of every error, on each of its listeners. */
export type ErrorFormat = (refusal: Refusal, about: About) => object;

/** KServe's: the text alone. */
export const textAlone: ErrorFormat = ({ message }) => ({ error: message });

/** "ML Inference Best Practices Implementation Guide": the text, where it comes from, and what it is about. */
export const traced: ErrorFormat = ({ code, message, name }, { requestId, modelVersion }) => ({
  error: message,
  // A code in place of a stack: nothing of the server's files is shown.
  trace: `${name}: ${code}`,
  metadata: {
    request_id: requestId,
    timestamp: new Date().toISOString(),
    model_version: modelVersion,
  },
});
