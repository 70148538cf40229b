import { session } from '../../../lib/session';

const jobs = {
  expire: () => session().update((data) => ({ ...data, tokens: { ...data.tokens, expiresAt: 0 } })),
  set: () => session().set('other', 'set'),
  update: () => session().update((data) => ({ ...data, counted: (data.counted ?? 0) + 1 })),
  regenerate: () => session().regenerate(),
  destroy: () => session().destroy(),
  revoke: async () => session.user(await session().get('user')).revokeAll(),
};

export async function GET() {
  return Response.json(await session().all());
}

export async function POST(request) {
  await jobs[await request.json()]();
  return new Response('done');
}
