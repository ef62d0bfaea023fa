import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { ensureTool } from '../fixtures/tools/index.ts';
import { runGuarded } from '../machine/guarded.mjs';

/** For tests: Prometheus' own judgement of rules, at full length and in no time. */

export const distOf = (dialect: string, profile: string) =>
  resolve(import.meta.dirname, 'dist', dialect, profile);

/** A series with its values as promtool writes them: `0+60x10` is 0, then 10 steps of 60. */
export interface Given {
  series: string;
  values: string;
}

/** What stands at a time: whether an alert fires, with which labels beside its own. */
export interface Expected {
  at: string;
  alert: string;
  /** Labels of each alert that fires; none where it must be silent. Annotations are not compared. */
  firing: readonly Readonly<Record<string, string>>[];
}

interface Case {
  /** Path of the rule file, or its text. */
  rules: string;
  /** Names of its groups in the order in which they are evaluated; promtool takes any where it is not told. */
  order?: readonly string[];
  /** How often rules are evaluated (promtool knows no interval of a group), and how far the values of a series are apart. */
  evaluation: string;
  step: string;
  given: readonly Given[];
  expected: readonly Expected[];
}

/** Runs promtool; the end of what it says, and its exit code. */
export async function promtool(args: readonly string[]): Promise<{ code: number; text: string }> {
  const { path } = await ensureTool('promtool');
  const { code, tail } = await runGuarded(path, [...args], { env: process.env, cwd: tmpdir() });
  return { code: code ?? 1, text: tail };
}

/** What promtool says is not as expected; empty where all is. */
export async function differences({
  rules,
  order,
  evaluation,
  step,
  given,
  expected,
}: Case): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tailgate-promtool-'));
  try {
    const file = join(folder, 'test.yaml');
    const isText = rules.includes('\n');
    const ruleFile = isText ? join(folder, 'rules.yaml') : rules;
    if (isText) writeFileSync(ruleFile, rules);
    writeFileSync(
      file,
      stringify({
        rule_files: [ruleFile],
        ...(order && { group_eval_order: order }),
        evaluation_interval: evaluation,
        fuzzy_compare: true,
        tests: [
          {
            interval: step,
            input_series: given,
            promql_expr_test: expected.map(({ at, alert, firing }) => ({
              eval_time: at,
              expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
              exp_samples: firing.map((labels) => ({ labels: written(alert, labels), value: 1 })),
            })),
          },
        ],
      }),
    );
    const { code, text } = await promtool(['test', 'rules', file]);
    return code === 0 ? '' : text;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function written(alert: string, labels: Readonly<Record<string, string>>): string {
  const all = { alertname: alert, alertstate: 'firing', ...labels };
  return `ALERTS{${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
}
