import { z } from 'zod';
import { profileSchema } from './profile-schema.ts';

/**
 * The shape of a profile file as JSON Schema (draft 2020-12), for editors and other tools; published as `profiles/profile.schema.json`.
 * What it cannot say (ids that must exist, numbers that must go together) is checked when a profile is read.
 */
export function profileJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    title: 'A Tailgate profile: the targets of one document',
    ...z.toJSONSchema(profileSchema, { io: 'input' }),
  };
}
