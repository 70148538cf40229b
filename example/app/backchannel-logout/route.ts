import { readLogoutToken } from '@/lib/logout-token';
import { oauthSettings } from '@/lib/oauth-client';
import { session } from '@/lib/session';

const headers = { 'cache-control': 'no-store' };

/** The identity provider calls this, without the visitor's browser, when a session has ended there. */
export async function POST(request: Request) {
  const form = oauthSettings() ? await request.formData().catch(() => null) : null;
  const token = form?.get('logout_token');
  const sid = typeof token === 'string' ? await readLogoutToken(token) : null;
  if (!sid) return Response.json({ error: 'invalid_request' }, { status: 400, headers });
  await session.user(`sid:${sid}`).revokeAll();
  return new Response(null, { status: 200, headers });
}
