import 'server-only';
import nextAppSession from 'next-app-session';

export const session = nextAppSession<{ user: string; n: number }>({
  secret: 'a secret of these tests',
  cookie: { maxAge: 3600 },
});
