import { SessionError } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { session } from '../../../lib/session';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export async function GET() {
  try {
    new RedisStore({});
    return Response.json(await session().all());
  } catch (error) {
    return Response.json({ is: SessionError.is(error), code: error.code, message: error.message });
  }
}
