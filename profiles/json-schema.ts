import { z } from 'zod';
import { checkPartShape } from '../slo/profile.ts';
import type { KnownChecks } from './check-parts.ts';
import { profileSchema } from './profile-schema.ts';

/**
 * The shape of a profile file as JSON Schema (draft 2020-12), for editors and other tools; published as `profiles/profile.schema.json`.
 * What it cannot say (ids that must exist, numbers that must go together) is checked when a profile is read.
 */
export function profileJsonSchema(checks: KnownChecks): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(profileSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== checkPartShape) return;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      jsonSchema.anyOf = [...checks].map(([id, params]) => partSchema(id, params));
    },
  });
  return { title: 'A Tailgate profile: the targets of one document', ...schema };
}

/** A part that one check decides, with the parameters that it takes. */
function partSchema(id: string, params: z.ZodObject): z.core.JSONSchema.BaseSchema {
  const part = z.strictObject({
    ...checkPartShape.shape,
    check: z.literal(id),
    ...params.shape,
  });
  const { $schema: _, ...schema } = z.toJSONSchema(part, { io: 'input' });
  return schema;
}
