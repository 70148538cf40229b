import { ALL_WAYS, ALONE, FEW, type Trial, testThief } from '../revocation.kit.js';
import { SqlPlace } from '../revocation-sql-place.kit.js';
import { testVisitors } from '../revocation-visitors.kit.js';
import { sqliteFile } from '../shared-stores.kit.js';

const trial: Trial = {
  name: `on ${sqliteFile.name}`,
  start: () => SqlPlace.start(sqliteFile),
  crowds: [ALONE, FEW],
  ways: ALL_WAYS,
  rounds: 4,
};

testThief(trial);
testVisitors(trial);
