import { ALL_WAYS, ALONE, FEW, OF_TWO_USERS, type Trial, testThief } from '../revocation.kit.js';
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

const ofTwoUsers: Trial = {
  ...OF_TWO_USERS,
  ways: [...OF_TWO_USERS.ways, 'revokeOthers'],
  name: `of two users on ${sqliteFile.name}`,
  start: () => SqlPlace.start(sqliteFile, 2),
  rounds: 4,
};

testThief(trial);
testThief(ofTwoUsers);
testVisitors(trial);
