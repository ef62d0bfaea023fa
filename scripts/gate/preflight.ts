import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { pathOf, readAnswer } from '../../fixtures/traffic/apis.ts';
import { payloadsOf } from '../../fixtures/traffic/payloads.ts';
import { SuiteError } from '../../slo/errors.ts';
import type { Profile } from '../../slo/profile.ts';
import type { ExternalTarget } from './options.ts';

/** How long a target may take for its very first answer, which may have to load a model. */
const patienceMs = 10_000;

/**
 * One request before any load. Throws `TARGET_UNREACHABLE` when nothing answers; says aloud when something answers, but not what the
 * API documents: load still runs then, since wrong answers are the target's and the verdicts will show them.
 */
export async function preflight(target: ExternalTarget, profile: Profile, say: (line: string) => void): Promise<void> {
  const [scenario] = Object.values(profile.scenarios);
  if (scenario === undefined) return;
  const url = `${target.url}${pathOf(target.api, scenario.model)}`;
  const { body } = payloadsOf({
    ...scenario,
    scenario: 'preflight',
    seed: 0,
    ...(target.bodies === undefined ? {} : { bodies: target.bodies }),
  })(0);
  const connect = target.caFile === undefined ? {} : { ca: readFileSync(target.caFile) };
  const dispatcher = new Agent({ connect });
  try {
    const answer = await request(url, {
      ...{
        method: 'POST',
        body,
        dispatcher,
        headersTimeout: patienceMs,
        bodyTimeout: patienceMs,
        signal: AbortSignal.timeout(patienceMs),
      },
      headers: { 'content-type': 'application/json', ...target.headers },
    });
    const text = await answer.body.text();
    const problem = complaint(target, answer.statusCode, String(answer.headers['content-type'] ?? 'no content type'), text);
    if (problem !== undefined) say(`Warning: POST ${url} ${problem}. Load runs all the same; the verdicts will show it.`);
  } catch (error) {
    throw new SuiteError(
      'TARGET_UNREACHABLE',
      `POST ${url}: ${cause(error)}. Check the URL, and that the server listens there.`,
      { cause: error },
    );
  } finally {
    await dispatcher.destroy();
  }
}

function complaint(target: ExternalTarget, status: number, contentType: string, text: string): string | undefined {
  if (status !== 200) return `answered with status ${status}`;
  if (readAnswer(target.api, text, undefined).wellFormed) return undefined;
  return `answered with status 200, but not with what --api ${target.api} documents (${contentType}, ${text.length} characters)`;
}

function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patienceMs / 1000} s`;
  return error.message === '' && error.cause instanceof Error ? error.cause.message : error.message || error.name;
}
