import { z } from 'zod';
import { check } from '../../runner/check.ts';
import type { Answer } from '../../runner/http.ts';
import { is } from '../../runner/matchers.ts';
import { goodAnswers, refusedAnswers, untilLoaded } from '../inside/server.ts';
import { failuresIn, LogSince, linesOf } from '../inside/service-log.ts';
import { oneServer } from '../inside/stacks.ts';
import { fieldOf } from '../shared/json.ts';

const good = 10;
const refused = 5;

/** The documented line, with two decimals and no more. */
const completed = /Request (\S+) completed in \d+\.\d{2}ms/;

export const logLines = check({
  id: 'log-lines',
  about: 'each request has its documented line in the log, with the id that its answer names',
  needs: ['score', 'stack'],
  topology: oneServer,
  params: z.object({ pattern: z.string() }),
  async run(context, { pattern }) {
    const { http, expect } = context;
    await untilLoaded(context);
    const log = await LogSince.now(context);
    const answered = idsOf(await goodAnswers(http, good));
    const failed = idsOf(await refusedAnswers(http, refused));
    const lines = await linesOf(log, good + refused, refused);
    const found = lines.filter((line) => new RegExp(pattern).test(line));
    expect.value('lines that the documented pattern finds', found.length, is(good));
    const ids = lines.flatMap((line) => completed.exec(line)?.[1] ?? []);
    expect.value('ids of completed requests in the log', ids.sort(), is(answered));
    const failures = failuresIn(lines);
    expect.value('lines that tell of a failure', failures.length, is(refused));
    const told = failed.filter((id) => failures.some((line) => line.includes(id)));
    expect.value('ids of failed requests in the log', told, is(failed));
  },
});

const idsOf = (answers: readonly Answer[]): string[] =>
  answers.map(({ json }) => String(fieldOf(json, 'metadata', 'request_id'))).sort();
