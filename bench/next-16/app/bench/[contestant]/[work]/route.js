import { Redis } from 'ioredis';
import * as library from 'iron-session';
import { cookies } from 'next/headers';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { benchRoute } from '../../../../../bench-route.mjs';
import { hand, handSwapping } from '../../../../../contestants/hand.mjs';
import { ironSession } from '../../../../../contestants/iron-session.mjs';
import { version2 } from '../../../../../contestants/next-app-session.mjs';

const connect = (options = {}) => new Redis(process.env.REDIS_URL, options).on('error', () => {});

export const { GET, POST } = benchRoute({
  hand: () => hand({ cookies, redis: connect() }),
  'hand-swapping': () => handSwapping({ cookies, redis: connect() }),
  // The client's settings are those of docs/stores.md.
  two: () =>
    version2({
      nextAppSession,
      RedisStore,
      redis: connect({ enableOfflineQueue: false, retryStrategy: (attempt) => Math.min(attempt * 50, 500) }),
    }),
  iron: () => ironSession({ cookies, library }),
});
