/** Excerpts of this example's own files, shown on its pages. A test holds each to its file. */
export const samples = {
  setup: {
    file: 'lib/session.ts',
    code: `import nextAppSession from 'next-app-session';
import type { OAuthAttempt } from './oauth';
import { redisStore } from './redis';

/** What a session may hold. It starts empty, so reading any of these may give null. */
export type SessionData = {
  count: number;
  name: string;
  user: { name: string; signedInAt: number; device?: string };
  legacyVisits: number;
  oauth: OAuthAttempt;
};

/** What the account page shows of each session. */
type Listed = { device: string };

export const session = nextAppSession<SessionData, Listed>({
  // Signs the session ID. Give your app no default: it then refuses to start without a secret.
  secret: process.env.SESSION_SECRET ?? 'for this example only',
  cookie: {
    // Seconds. The server forgets a session that is unused for as long.
    maxAge: 7 * 24 * 60 * 60,
    // Leave this out in your app: in production the cookie is Secure by itself. This example also runs in
    // production mode on http://localhost, where Safari drops Secure cookies.
    secure: process.env.SITE_URL?.startsWith('https://') ?? false,
  },
  // Seconds. However often it is used, nobody stays signed in for longer.
  absoluteTimeout: 30 * 24 * 60 * 60,
  // Whose a session is. In your app, the ID of the user; here names will do.
  user: (data) => data.user?.name,
  listed: (data) => ({ device: data.user?.device ?? 'Unknown device' }),
  // Without a store, sessions live in this process's memory and end with it. In production, give one.
  store: process.env.REDIS_URL ? () => redisStore(process.env.REDIS_URL ?? '') : undefined,
});`,
  },
  read: {
    file: 'lib/describe-session.ts',
    code: `  const [data, info, id] = await Promise.all([session.all(), session.info(), session.id()]);`,
  },
  counter: {
    file: 'app/api/counter/route.ts',
    code: `  // Atomic: if another request writes meanwhile, this runs again on its data.
  await session().update((data) => {
    data.count = (data.count ?? 0) + 1;
  });
  return Response.json({ count: await session().get('count') });`,
  },
  counterPage: {
    file: 'app/counter/page.tsx',
    code: `  const count = await session().get('count');`,
  },
  name: {
    file: 'app/name/actions.ts',
    code: `export async function saveName(_previous: NameState, form: FormData): Promise<NameState> {
  const name = readName(form);
  if (!name) return { error: 'Enter a name of 1 to 40 characters.' };
  await session().set('name', name);
  refresh(); // renders the page again, with the new name
  return { saved: name };
}`,
  },
  signIn: {
    file: 'app/sign-in/actions.ts',
    code: `  const device = await deviceName();
  // A new ID at every change of privilege. One seen or planted before is of no use.
  await session().regenerate((data) => {
    data.user = { name, signedInAt: Date.now(), device };
  });
  redirect(safePath(form.get('from')));`,
  },
  safePath: {
    file: 'lib/safe-path.ts',
    code: `  const url = new URL(path, ORIGIN);
  const isHere = url.origin === ORIGIN && !url.pathname.startsWith('//');
  return isHere ? url.pathname + url.search : fallback;`,
  },
  sessions: {
    file: 'app/account/sessions.tsx',
    code: `  const sessions = await session.user(user).list();`,
  },
  endSession: {
    file: 'app/account/actions.ts',
    code: `export async function endSession(form: FormData) {
  // A handle of anybody else's session is none.
  await session.user(await signedInUser()).revoke(String(form.get('handle')));
  refresh();
}`,
  },
  signOut: {
    file: 'app/sign-in/actions.ts',
    code: `export async function signOut() {
  await session().destroy();
  redirect('/sign-in');
}`,
  },
  proxy: {
    file: 'proxy.ts',
    code: `  const response = NextResponse.next();
  const handle = session(request, response);
  if (await handle.has('user')) {
    // Whoever keeps coming back stays signed in: session and cookie last longer.
    await handle.touch();
    return response;
  }`,
  },
  account: {
    file: 'app/account/page.tsx',
    code: `  const user = await session().get('user');
  if (!user) redirect('/sign-in?from=/account');`,
  },
  legacy: {
    file: 'pages/legacy.tsx',
    code: `  const handle = session(req, res);
  await handle.update((data) => {
    data.legacyVisits = (data.legacyVisits ?? 0) + 1;
  });`,
  },
  legacyApi: {
    file: 'pages/api/legacy.ts',
    code: `  await session(req, res).destroy('legacyVisits');`,
  },
  instrumentation: {
    file: 'instrumentation.ts',
    code: `  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startTracing } = await import('./lib/tracing');
    startTracing();`,
  },
  tracing: {
    file: 'lib/tracing.ts',
    code: `export function startTracing() {
  new NodeTracerProvider({ spanProcessors: [recentSpans()] }).register();
  registerInstrumentations({ instrumentations: [new IORedisInstrumentation()] });
}`,
  },
} as const;
