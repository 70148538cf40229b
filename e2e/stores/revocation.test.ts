import { byUpstash } from './redis-access.kit.js';
import { ALL_WAYS, ALONE, FEW, LIVE, MANY, OF_TWO_USERS, type Trial, testThief } from './revocation.kit.js';
import { MemoryPlace, RedisPlace } from './revocation-places.kit.js';
import { testVisitors } from './revocation-visitors.kit.js';

const onRedis: Trial = {
  name: 'on Redis',
  start: () => RedisPlace.start('direct'),
  crowds: [ALONE, FEW, MANY, LIVE],
  ways: ALL_WAYS,
  rounds: 20,
};
const overHttp: Trial = {
  name: 'on Redis, over HTTP',
  start: () => RedisPlace.start('http'),
  crowds: [ALONE, FEW, MANY],
  ways: ['revokeAll'],
  rounds: 20,
};
const byRest: Trial = {
  name: 'on Redis, by @upstash/redis',
  start: () => RedisPlace.start('direct', 1, byUpstash),
  crowds: [{ dead: 0, live: 20 }],
  ways: ALL_WAYS,
  rounds: 6,
};
const inMemory: Trial = {
  name: 'on a MemoryStore',
  start: async () => new MemoryPlace(),
  // Each of its rounds signs everybody in again.
  crowds: [ALONE, { dead: 0, live: 200 }],
  ways: ALL_WAYS,
  rounds: 20,
};

const ofTwoUsers: Trial = {
  ...OF_TWO_USERS,
  name: 'of two users on Redis',
  start: () => RedisPlace.start('direct', 2),
  rounds: 20,
};

for (const trial of [onRedis, overHttp, byRest, inMemory, ofTwoUsers]) testThief(trial);
for (const trial of [onRedis, inMemory]) testVisitors(trial);
