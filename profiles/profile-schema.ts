import { profileShape } from '../slo/profile.ts';
import { checkProfile } from './profile-rules.ts';

/** All targets of one document, and that they can be decided. A team's own profile is a YAML file of this shape. */
export const profileSchema = profileShape.superRefine(checkProfile);
