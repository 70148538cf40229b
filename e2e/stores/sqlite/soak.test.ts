import { it } from 'vitest';
import { soakShortly } from '../soak.kit.js';

it('a short soak on SQLite: no session breaks a promise', () => soakShortly('sqlite'));
