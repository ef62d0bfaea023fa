import type { ToolName } from '../../fixtures/services/parts.ts';
import { stackTools } from '../../fixtures/services/parts.ts';
import { variableOf } from '../../fixtures/tools/catalogue.ts';
import { lookUpTool } from '../../fixtures/tools/index.ts';
import { SuiteError, usageError } from '../../slo/errors.ts';
import type { GateOptions } from './options.ts';

/**
 * Sees to it that what `TAILGATE_<TOOL>` names can be used, of the tools that a run may need. Asks those alone, since others may have to be
 * built first. Throws `USAGE` with all that is wrong.
 */
export async function checkNamedTools(
  service: GateOptions['service'],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const named = toolsFor(service).filter((name) => environment[variableOf(name)]);
  const asked = await Promise.allSettled(named.map((name) => lookUpTool(name, environment)));
  const wrongs = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  for (const wrong of wrongs)
    if (!(wrong instanceof SuiteError) || wrong.code !== 'USAGE') throw wrong;
  if (wrongs.length > 0) throw usageError(wrongs.map(({ message }) => message).join('\n'));
}

/** With the runtime `auto` it is not known yet whether the stack runs as processes: a variable that is set is to be right all the same. */
export function toolsFor(service: GateOptions['service']): ToolName[] {
  const asProcesses = service.kind === 'reference-stack' && service.runtime !== 'containers';
  return ['k6', ...(asProcesses ? stackTools : [])];
}
