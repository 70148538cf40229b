/** Excerpts of this example's own files, and of the README, shown on its pages. A test holds each to its file. */
export const samples = {
  setup: {
    file: '../README.md',
    code: `import nextAppSession from 'next-app-session';

export type SessionData = { user: string; visits: number };

export const session = nextAppSession<SessionData>({ name: process.env.SESSION_NAME, secret: process.env.SESSION_SECRET });`,
  },
  options: {
    file: 'lib/session-options.ts',
    code: `/** What a session may hold. It starts empty, so reading any of these may give null. */
export type SessionData = {
  count: number;
  naiveCount: number;
  name: string;
  user: { name: string; signedInAt: number; device?: string };
  legacyVisits: number;
  oauth: OAuthAttempt;
  tokens: Tokens;
};

/** What the account page shows of each session. */
export type Listed = { device: string };

/** Each of these may be left out. */
export const options: Options<SessionData, Listed> = {
  cookie: {
    // Seconds. The server forgets a session that is unused for as long.
    maxAge: 7 * 24 * 60 * 60,
    // Leave this out in your app: in production the cookie is Secure by itself. This example also runs in
    // production mode on http://localhost, where Safari drops Secure cookies.
    secure: process.env.SITE_URL?.startsWith('https://') ?? false,
  },
  // Seconds. However often it is used, nobody stays signed in for longer.
  absoluteTimeout: 30 * 24 * 60 * 60,
  // Whose a session is: of this user, and of a session at the identity provider. In your app, take the user's ID.
  // Anybody may call themselves "sid:…" here, so both have a prefix.
  user: ({ user, tokens }) => [user && \`name:\${user.name}\`, tokens?.sid && \`sid:\${tokens.sid}\`],
  listed: (data) => ({ device: data.user?.device ?? 'Unknown device' }),
  // Without a store, sessions live in this process's memory and end with it. In production, give one.
  store,
};`,
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
  naiveCounter: {
    file: 'app/api/counter/naive/route.ts',
    code: `  const count = (await session().get('naiveCount')) ?? 0;
  await sleep(20); // as long as a query of a database
  await session().set('naiveCount', count + 1);
  return Response.json({ count: count + 1 });`,
  },
  counterPage: {
    file: 'app/counter/page.tsx',
    code: `  const count = await session().get('count');`,
  },
  name: {
    file: 'app/name/actions.ts',
    code: `export async function saveName(_previous: NameState, form: FormData): Promise<NameState> {
  const name = readName(form);
  if (!name) return { wrong: 'name' };
  await session().set('name', name);
  refresh(); // renders the page again, with the new name
  return { saved: name };
}`,
  },
  signIn: {
    file: 'lib/sign-in-as.ts',
    code: `  const user = { name, signedInAt: Date.now(), device: await deviceName() };
  await session().regenerate((data) => {
    // What another user left in this browser is not for this one.
    const kept = data.user && data.user.name !== name ? {} : data;
    return { ...kept, user, tokens };
  });`,
  },
  safePath: {
    file: 'lib/safe-path.ts',
    code: `  const url = new URL(path, ORIGIN);
  const isHere = url.origin === ORIGIN && !url.pathname.startsWith('//');
  return isHere ? url.pathname + url.search : fallback;`,
  },
  sessions: {
    file: 'app/account/sessions.tsx',
    code: `  const sessions = await session.user(\`name:\${user}\`).list();`,
  },
  endSession: {
    file: 'app/account/actions.ts',
    code: `export async function endSession(form: FormData) {
  // The handle of another user's session ends nothing.
  await session.user(await signedInUser()).revoke(String(form.get('handle')));
  refresh();
}`,
  },
  signOut: {
    file: 'app/sign-in/actions.ts',
    code: `export async function signOut() {
  const tokens = await session().get('tokens');
  await session().destroy();
  // The identity provider asks whether to sign out there, too.
  redirect((tokens && (await signOutUrl(tokens.idToken))) ?? '/sign-in');
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
  const drivers = [new IORedisInstrumentation(), new PgInstrumentation()];
  registerInstrumentations({ instrumentations: drivers });
}`,
  },
  freshTokens: {
    file: 'lib/tokens.ts',
    code: `export async function freshTokens(): Promise<Tokens | null> {
  return session().refresh('tokens', {
    // Some seconds early: a token must not end on its way to the provider.
    isFresh: ({ expiresAt }, { now }) => expiresAt > now + 5_000,
    renew: (tokens, { signal }) => renewTokens(tokens, signal),
  });
}`,
  },
  renewTokens: {
    file: 'lib/oauth.ts',
    code: `  const client = await oauthClient(signal);
  const answer = await refreshTokenGrant(client, tokens.refreshToken ?? '');
  return { ...tokens, ...tokensIn(answer) };`,
  },
  backchannelLogout: {
    file: 'app/backchannel-logout/route.ts',
    code: `  const sid = typeof token === 'string' ? await readLogoutToken(token) : null;
  if (!sid) return Response.json({ error: 'invalid_request' }, { status: 400, headers });
  await session.user(\`sid:\${sid}\`).revokeAll();`,
  },
  failingStore: {
    file: 'app/testing/experiments.ts',
    code: `export async function failingStore(show: Show) {
  const t = visitor({ count: 1 });
  t.store.fail('set', { times: 1 });
  const failure = await t.route(click, { method: 'POST' }).catch((error) => error.code);
  show('A click while the store fails', failure, t);
  show('The session after it', await t.read(), t);
  await t.route(click, { method: 'POST' });
  show('The session after the next click', await t.read(), t);
}`,
  },
  race: {
    file: 'app/testing/experiments.ts',
    code: `export async function race(show: Show) {
  const t = visitor({ count: 0, naiveCount: 0 });
  t.store.conflict(2); // the next two writes find that another server was faster
  await Promise.all([1, 2, 3].map(() => t.route(click, { method: 'POST' })));
  show('Three clicks at once', await t.read(), t);
  await Promise.all([1, 2, 3].map(() => t.route(clickNaively, { method: 'POST' })));
  show('Three more, the naive way', await t.read(), t);
}`,
  },
  clock: {
    file: 'app/testing/experiments.ts',
    code: `export async function clock(show: Show) {
  const t = visitor({ user: { name: 'Ada', signedInAt: Date.now() } });
  const visit = async () => (await t.proxy(proxy, { url: '/account' })).response.headers.get('location');
  t.advance({ days: 6 });
  show('Where a visit leads after six days', (await visit()) ?? '/account', t);
  t.advance({ days: 6 });
  show('And six days after that', (await visit()) ?? '/account', t);
  t.advance({ days: 8 });
  show('Eight days are too many', (await visit()) ?? '/account', t);
}`,
  },
  visitor: {
    file: 'app/testing/experiments.ts',
    code: `function visitor(data: Partial<SessionData>) {
  return createSessionTester(session, { data, jar: mockCookies() });
}`,
  },
} as const;
