import RedisStore from 'connect-redis';
import nextAppSession from 'next-app-session';
import { session } from '../../../lib/session';

/** What 1.x took, and version 2 refuses: rows of the table in docs/migration.md. */
const refused = {
  'a value that JSON changes': () => session().set('tags', new Map([['a', 1]])),
  'the key cookie': () => session().set('cookie', {}),
  'the key __session': () => session().set('__session', {}),
  'an empty secret': () => nextAppSession({ secret: '' }),
  'a store that is not wrapped': () => nextAppSession({ store: new RedisStore({ client: {} }) })().all(),
  'an unknown option': () => nextAppSession({ rolling: true }),
  'a wrong type': () => nextAppSession({ cookie: { secure: 'auto' } }),
  'a maxAge of 0': () => nextAppSession({ cookie: { maxAge: 0 } }),
  'a maxAge in milliseconds': () => nextAppSession({ cookie: { maxAge: 86_400_000 } }),
};

export async function POST() {
  const codes = {};
  for (const [what, act] of Object.entries(refused)) {
    codes[what] = await Promise.resolve()
      .then(act)
      .then(
        () => 'accepted',
        (error) => error.code,
      );
  }
  return Response.json(codes);
}
