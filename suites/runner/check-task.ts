import type { Exchange } from '../../evidence/exchange.ts';
import { usualTopology } from '../../fixtures/topology.ts';
import type { PlannedCheck } from '../../slo/check-record.ts';
import { connectionAs, dispatcherAs } from '../../traffic/node-client.ts';
import type { Check, CheckContext } from './check.ts';
import { expectInto } from './expect.ts';
import { httpFor } from './http.ts';
import { rawFor } from './raw.ts';
import { now, type Service, type Session, secretsRedactor } from './session.ts';
import type { Task } from './task.ts';

/** A check as a run does it: with its parameters, on a stack of its topology or on a service that is not ours, all of it on record. */
export function checkTask(
  check: Check,
  { profile, suite, params }: PlannedCheck,
  session: Session,
): Task[] {
  const { run: does } = check;
  if (does === undefined) return [];
  const { record } = session;
  const run = session.numbers.nextRun();
  const at = () => now(session);
  return [
    {
      id: `${profile}: ${check.id}`,
      needs: check.topology === undefined ? check.needs : [...check.needs, 'stack'],
      withinMs: check.withinMs,
      noted: {
        begins: () =>
          record.checks.write({
            kind: 'begin',
            run,
            at: at(),
            profile,
            suite,
            check: check.id,
            params,
          }),
        ends: (outcome) => {
          const why = 'why' in outcome ? { why: secretsRedactor(session)(outcome.why) } : {};
          record.checks.write({ kind: 'end', run, at: at(), end: outcome.end, ...why });
        },
      },
      async run(_, signal) {
        const topology = check.topology ?? usualTopology();
        const service: Service = (await session.lender?.lend(topology)) ?? session;
        try {
          await does(contextOf(session, service, run, signal), params);
        } finally {
          if (check.harms) await session.lender?.harmed(topology);
        }
      },
    },
  ];
}

function contextOf(
  session: Session,
  service: Service,
  run: number,
  signal: AbortSignal,
): CheckContext {
  const { record, numbers, client } = session;
  const redact = secretsRedactor({ ...session, ...service });
  const at = () => now(session);
  const options = {
    url: service.address,
    headers: client.headers,
    dispatcher: dispatcherAs(client),
    redact,
    write: (exchange: Exchange) => record.exchanges.write(exchange),
    next: numbers.nextExchange,
    run,
    now: at,
    signal,
  };
  return {
    api: session.api,
    model: session.model,
    stack: service.stack ?? { number: 0, replicas: [] },
    signal,
    expect: expectInto(
      (observation) => record.checks.write({ ...observation, kind: 'observation', run, at: at() }),
      redact,
    ),
    http: httpFor(options),
    raw: rawFor(options, connectionAs(client)),
  };
}
