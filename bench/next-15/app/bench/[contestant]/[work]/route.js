import { Redis } from 'ioredis';
import { cookies } from 'next/headers';
import nextAppSession from 'next-app-session';
import { benchRoute } from '../../../../../bench-route.mjs';
import { hand } from '../../../../../contestants/hand.mjs';
import { version1 } from '../../../../../contestants/next-app-session.mjs';

const connect = () => new Redis(process.env.REDIS_URL).on('error', () => {});

export const { GET, POST } = benchRoute({
  hand: () => hand({ cookies, redis: connect() }),
  one: () => version1({ nextAppSession, redis: connect() }),
});
