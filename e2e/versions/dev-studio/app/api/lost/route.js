import nextAppSession from 'next-app-session';

/** Not every browser keeps its cookie over plain http. Next 14 does not tell the path, so a path that is wrong has no warning there. */
const session = nextAppSession({
  name: 'lost',
  secret: process.env.SESSION_SECRET,
  cookie: { secure: true },
});

export async function GET() {
  await session().set('n', 1);
  return Response.json({});
}
