import { chosen, edge, node, type Variant } from './variants.js';

const developed = { sources: ['dev-redis'], config: {}, buildOptions: [], ...node };

/** Apart, since they are only developed, with `next dev`. */
export const developedWithRedis = chosen<Variant>([
  { name: 'Next 14.2 (developed with Redis)', install: 'next-14', full: true, ...developed, ...edge },
  { name: 'Next 15.5 (developed with Redis)', install: 'next-15', full: true, ...developed },
  { name: 'Next 16.4 (developed with Redis)', install: 'next-16', ...developed },
]);

/** The same, with the studio, and with a second session in memory. */
export const developedWithStudio = chosen<Variant>([
  {
    name: 'Next 14.2 (developed with the studio)',
    install: 'next-14',
    full: true,
    ...developed,
    ...edge,
    sources: [...developed.sources, 'dev-studio'],
    config: { experimental: { instrumentationHook: true } },
  },
  {
    name: 'Next 15.5 (developed with the studio)',
    install: 'next-15',
    full: true,
    ...developed,
    sources: [...developed.sources, 'dev-studio'],
  },
  {
    name: 'Next 16.4 (developed with the studio)',
    install: 'next-16',
    ...developed,
    sources: [...developed.sources, 'dev-studio'],
  },
  {
    name: 'Next 16.4 webpack (developed with the studio)',
    install: 'next-16',
    full: true,
    ...developed,
    devOptions: ['--webpack'],
    sources: [...developed.sources, 'dev-studio'],
  },
]);

/** The same, with SqlStore in the place of RedisStore. */
export const developedWithPostgres = chosen<Variant>([
  {
    name: 'Next 16.4 (developed with PostgreSQL)',
    install: 'next-16',
    full: true,
    ...developed,
    sources: [...developed.sources, 'dev-postgres'],
  },
]);
