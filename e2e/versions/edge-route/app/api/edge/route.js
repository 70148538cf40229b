import { SessionError } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { session } from '../../../lib/session';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export async function GET() {
  try {
    new RedisStore({});
    await new SqlStore({}).migrate();
    return Response.json(await session().all());
  } catch (error) {
    return Response.json({ is: SessionError.is(error), code: error.code, message: error.message });
  }
}
