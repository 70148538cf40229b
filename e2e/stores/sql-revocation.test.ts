import { ALL_WAYS, ALONE, FEW, type Trial, testThief } from './revocation.kit.js';
import { SqlPlace } from './revocation-sql-place.kit.js';
import { testVisitors } from './revocation-visitors.kit.js';
import { mariadb, postgresql } from './shared-stores.kit.js';

const trials: Trial[] = [postgresql, mariadb].map((kind) => ({
  name: `on ${kind.name}`,
  start: () => SqlPlace.start(kind),
  crowds: [ALONE, FEW],
  ways: ALL_WAYS,
  rounds: 4,
}));

for (const trial of trials) testThief(trial);
for (const trial of trials) testVisitors(trial);
