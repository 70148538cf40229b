import { ALL_WAYS, ALONE, FEW, LIVE, MANY, type Trial, testThief } from './revocation.kit.js';
import { SqlPlace } from './revocation-sql-place.kit.js';
import { testVisitors } from './revocation-visitors.kit.js';
import { mariadb, postgresql, serializablePostgresql } from './shared-stores.kit.js';

const trials: Trial[] = [postgresql, serializablePostgresql, mariadb].map((kind) => ({
  name: `on ${kind.name}`,
  start: () => SqlPlace.start(kind),
  crowds: [ALONE, FEW, MANY, LIVE],
  ways: ALL_WAYS,
  rounds: 20,
}));

for (const trial of trials) testThief(trial);
for (const trial of trials) testVisitors(trial);
