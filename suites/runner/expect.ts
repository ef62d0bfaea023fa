import type { Observation } from '../../slo/check-record.ts';
import type { Answer } from './http.ts';
import type { Matcher } from './matchers.ts';

/** Notes what was expected and seen. Each returns whether it was as expected, for checks that cannot go on otherwise. */
export interface Expect {
  /** `subject` is the same in each run of the check; `answer` is where it was seen. */
  value(subject: string, value: unknown, expected: Matcher, answer?: Answer): boolean;
  /** The status of an answer; where none came, why is what was seen. */
  status(subject: string, answer: Answer, expected: Matcher): boolean;
}

const mostCharacters = 300;

/** `redact` takes secrets out of what was seen. */
export function expectInto(
  write: (observation: Observation) => void,
  redact: (text: string) => string,
): Expect {
  const note = (
    subject: string,
    seen: string,
    { words, ok }: { words: string; ok: boolean },
    answer?: Answer,
  ) => {
    write({
      subject,
      expected: words,
      seen: cut(redact(seen)),
      ok,
      ...(answer && { exchange: answer.exchange, repeat: answer.repeat }),
    });
    return ok;
  };
  return {
    value: (subject, value, { words, holds }, answer) =>
      note(subject, shown(value), { words, ok: holds(value) }, answer),
    status(subject, answer, { words, holds }) {
      const seen = answer.failure ?? `${answer.status}`;
      const ok = answer.failure === null && holds(answer.status);
      return note(subject, seen, { words, ok }, answer);
    },
  };
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
}

const cut = (text: string) =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
