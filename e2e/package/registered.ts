import type { PackedPackage } from './packed-package.js';

/** What an app's `register()` has done. */
export interface Registered {
  /** `started`, or the code and message of the error. */
  readonly outcome: string;
  /** The files that were loaded, by their last two folders and name. */
  readonly loaded: readonly string[];
  /** Whether a server listens. */
  readonly listens: boolean;
  /** How many lines were printed. */
  readonly printed: number;
}

/**
 * Runs a program whose `register()` calls a function of an entry with a session, and returns when that has ended by itself.
 *
 * @param environment variables of the process.
 */
export function register(
  packed: PackedPackage,
  entry: string,
  start: string,
  environment: Record<string, string>,
): Registered {
  const code = `
    const { Server } = require('node:net');
    const { listen } = Server.prototype;
    let listens = false;
    Server.prototype.listen = function (...args) {
      listens = true;
      return listen.apply(this, args);
    };
    let printed = 0;
    console.log = () => void (printed += 1);
    Object.assign(process.env, ${JSON.stringify(environment)});
    const session = require('next-app-session').default({ secret: 'a secret' });
    const { ${start} } = require(${JSON.stringify(entry)});
    const start = () => ${start}(session).then(() => 'started', ({ code, message }) => code + ': ' + message);
    // Twice, as Next does where the first time failed.
    start().then(start).then((outcome) => {
      const loaded = Object.keys(require.cache).map((file) => file.split(/[\\\\/]/).slice(-3).join('/'));
      process.stdout.write(JSON.stringify({ outcome, loaded, listens, printed }));
    });`;
  return JSON.parse(packed.run('commonjs', code));
}
