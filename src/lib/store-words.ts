/** Classes of SQLSTATEs, by the SQL standard, PostgreSQL and MySQL: what is wrong with a connection, a transaction, a right, … */
const SQLSTATE_CLASSES = '08 0A 21 22 23 25 26 28 2D 3D 3F 40 42 44 53 54 55 57 58 70 F0 HY HV P0 XX';

/**
 * Codes of Node, the first words of a Redis server's errors, which are codes as well, classes of SQLSTATEs and result codes of
 * SQLite. The list is closed, because they label metrics.
 */
export const CODES: ReadonlySet<unknown> = new Set([
  ...SQLSTATE_CLASSES.split(' ').map((name) => `SQLSTATE_${name}`),
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOAUTH',
  'NOPERM',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'WRONGPASS',
  'WRONGTYPE',
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_CONSTRAINT',
  'SQLITE_CORRUPT',
  'SQLITE_ERROR',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_LOCKED',
  'SQLITE_NOTADB',
  'SQLITE_READONLY',
]);

/** The words in which Node, Redis, PostgreSQL, MySQL, SQLite and their drivers say what is wrong with a store. */
const WORDS = new Set(
  `
    a abort aborted about access acquiring add administrator after again against all allowed already an and any are as at
    attempt attempting attribute auth authentication available away bad because been before being bgsave block broken busy but by
    cache call calling can canceling cannot certificate certificates chain check client clients close closed closing cluster
    command commands concurrent configured connect connected connecting connection connections could crashed current currently
    daily data database dataset deadlock denied destroyed details detected device did directory disabled disconnect disconnected disk
    down due during either enabled enableofflinequeue encountered end ended enough err error errors established event exceeded
    execute exhausted exist expired fail failed failing failover fails failure false fatal fetch file first for forbidden found
    from full gateway get getaddrinfo gone good group handshake hang has hash have held holding i if ignored image in index
    initialized instance instead internal interrupted into invalid io is isn it its key keys kill kind knex left limit link
    loading lock locked logs lost maintenance malformed many master max maximum maxmemory may memory missing mode modify
    multiple mysql network new no node nodes none nosave not number o of off offline ok on once one only open operation option
    options or other out overloaded packet pair password pending permission permissions persist pipeline please pool primary
    probably query queryable queue quota rate rdb reached read readonly ready recovery redis refer refresh refused rehashing
    reject rejected released remaining replica replicas report request requests require required reserved reset resolve resource
    resources response restart restarting retries retry retrying roles run running s save scratch script secure selection self
    sentinel sentinels serialize serve served server service set shared should shut shutdown shutting side signed size slave
    slot slots snapshot snapshots snapshotting socket sorry space sql ssl stale start started starting startup state statement
    still stop stopped storage store stored stream superuser support supported system t table temporarily terminate terminated
    terminating test that the this through time timed timeout tls to token too topology transacting transaction true truncated trx try
    trying unable unauthorized unavailable unexpected unexpectedly unhealthy unknown unreachable until up update use used user
    username using value values verify version wait waiting was when will with without writable write writeable writes writing
    wrong you`.split(/\s+/),
);

/** Longer than what Redis says of a snapshot that failed, which has 310 letters. */
const LONGEST = 400;

/**
 * Returns whether a text is made of these words alone, with codes and punctuation between them. Then it tells nothing of a
 * session, in whichever encoding: there is no room for anything else, not even for a number.
 */
export function isPlain(text: string): boolean {
  if (text.length > LONGEST || !/^[A-Za-z\s.,;:!?'’"()<>/_-]*$/.test(text)) return false;
  return text
    .split(/[^A-Za-z_]+/)
    .every((word) => word === '' || CODES.has(word) || WORDS.has(word.toLowerCase()));
}
