import { expect, it } from 'vitest';
import type { FaultRule, StudioState } from '../seen/studio-state.js';
import { faultsInForce } from './faults-in-force.js';

const NONE: StudioState = { app: null, sessions: [], warnings: [], faults: [], isFrozen: false, aheadMs: 0 };
const rule: FaultRule = { id: 1, operation: 'get', session: null, effect: { is: 'fail' }, left: 3 };

it('says what goes wrong on purpose, and nothing while nothing does', () => {
  expect(faultsInForce(NONE)).toEqual([]);
  expect(faultsInForce({ ...NONE, faults: [rule] })).toEqual(['1 fault']);
  expect(faultsInForce({ ...NONE, faults: [rule, rule], isFrozen: true, aheadMs: 86_400_000 })).toEqual([
    '2 faults',
    'frozen',
    'clock + 24 h',
  ]);
});
