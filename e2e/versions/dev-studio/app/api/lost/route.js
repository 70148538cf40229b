import nextAppSession from 'next-app-session';

/** The browser does not send its cookie here. */
const session = nextAppSession({
  name: 'lost',
  secret: process.env.SESSION_SECRET,
  cookie: { path: '/account' },
});

export async function GET() {
  await session().set('n', 1);
  return Response.json({});
}
