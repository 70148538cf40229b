import { session } from './session';

// The mistake: this runs once, so everybody would be shown the value of the first visitor.
export const n = await session().get('n');
