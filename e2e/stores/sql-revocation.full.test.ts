import { ALL_WAYS, ALONE, FEW, LIVE, MANY, OF_TWO_USERS, type Trial, testThief } from './revocation.kit.js';
import { SqlPlace } from './revocation-sql-place.kit.js';
import { testVisitors } from './revocation-visitors.kit.js';
import { mariadb, postgresql, readCommittedPostgresql, serializablePostgresql } from './shared-stores.kit.js';

const kinds = [postgresql, readCommittedPostgresql, mariadb];
const trials: Trial[] = kinds.map((kind) => ({
  name: `on ${kind.name}`,
  start: () => SqlPlace.start(kind),
  crowds: [ALONE, FEW, MANY, LIVE],
  ways: ALL_WAYS,
  rounds: 20,
}));

// Among more, PostgreSQL refuses the revocation again and again: docs/sql.md says what to do then.
const serializable: Trial = {
  name: `on ${serializablePostgresql.name}`,
  start: () => SqlPlace.start(serializablePostgresql),
  crowds: [ALONE, FEW],
  ways: ALL_WAYS,
  rounds: 20,
};

const ofTwoUsers: Trial[] = [...kinds, serializablePostgresql].map((kind) => ({
  ...OF_TWO_USERS,
  ways: [...OF_TWO_USERS.ways, 'revokeOthers'],
  name: `of two users on ${kind.name}`,
  start: () => SqlPlace.start(kind, 2),
  rounds: 20,
}));

for (const trial of [...trials, serializable, ...ofTwoUsers]) testThief(trial);
for (const trial of trials) testVisitors(trial);
