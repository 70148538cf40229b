import { ALL_WAYS, ALONE, FEW, OF_TWO_USERS, type Trial, testThief } from './revocation.kit.js';
import { SqlPlace } from './revocation-sql-place.kit.js';
import { testVisitors } from './revocation-visitors.kit.js';
import { postgresql } from './shared-stores.kit.js';

// MariaDB and more rounds are in sql-revocation.full.test.ts, a SQLite file in sqlite/sqlite-revocation.full.test.ts.
const trial: Trial = {
  name: `on ${postgresql.name}`,
  start: () => SqlPlace.start(postgresql),
  crowds: [ALONE, FEW],
  ways: ALL_WAYS,
  rounds: 4,
};

const ofTwoUsers: Trial = {
  ...OF_TWO_USERS,
  name: `of two users on ${postgresql.name}`,
  start: () => SqlPlace.start(postgresql, 2),
  rounds: 4,
};

testThief(trial);
testThief(ofTwoUsers);
testVisitors(trial);
