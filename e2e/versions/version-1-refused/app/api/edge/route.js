import nextAppSession from 'next-app-session';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

const session = nextAppSession();

export async function GET() {
  try {
    return Response.json(await session().all());
  } catch ({ code }) {
    return Response.json({ code });
  }
}
