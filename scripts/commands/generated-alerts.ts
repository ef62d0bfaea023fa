import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deployments } from '../../alerts/deployments.ts';
import { generateAlerts } from '../../alerts/generate.ts';
import { valuesSchema } from '../../alerts/values.ts';
import { profiles } from '../../profiles/index.ts';

/** Below it nothing is written by hand. */
export const alertsFolder = 'alerts/dist';

/** Rules, routing and runbooks of every committed deployment, by path in the repository. */
export function generatedAlerts(repository: string): ReadonlyMap<string, string> {
  const values = valuesSchema.parse(
    parse(readFileSync(join(repository, 'alerts/values.yaml'), 'utf8')),
  );
  return new Map(
    deployments.flatMap(({ profile: id, watched }) => {
      const profile = profiles.find((one) => one.id === id);
      if (profile === undefined) throw new Error(`there is no profile ${id}`);
      const folder = `${alertsFolder}/${watched.server.name}/${id}`;
      return [...generateAlerts(profile, watched, values)].map(
        ([path, text]) => [`${folder}/${path}`, text] as const,
      );
    }),
  );
}
