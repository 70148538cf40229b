import nextAppSession from 'next-app-session';

const session = nextAppSession({ secret: 'a secret of the benchmark' });

export async function GET() {
  return Response.json({ value: await session().get('sid') });
}
