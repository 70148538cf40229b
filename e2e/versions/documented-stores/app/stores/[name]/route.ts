import { type NextAppSession, SessionError } from 'next-app-session';
import { sessions } from '@/lib/recipes';

interface Context {
  readonly params: Promise<{ name: string }>;
}

export async function GET(_request: Request, { params }: Context) {
  const session = sessionOf(await params);
  return answer(() => session().get('visits'));
}

export async function POST(_request: Request, { params }: Context) {
  const session = sessionOf(await params);
  return answer(async () => {
    await session().update((data) => ({ ...data, visits: Number(data.visits ?? 0) + 1 }));
    return session().get('visits');
  });
}

function sessionOf({ name }: { name: string }): NextAppSession {
  const session = sessions[name];
  if (!session) throw new Error(`There is no recipe ${name}.`);
  return session;
}

async function answer(work: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json({ visits: await work() });
  } catch (error) {
    if (!SessionError.is(error)) throw error;
    return Response.json({ code: error.code, message: error.message }, { status: 503 });
  }
}
