import { isCrossOrigin } from '@/lib/cross-origin';
import { fingerprint } from '@/lib/fingerprint';
import { session } from '@/lib/session';
import { freshTokens, isNotRenewed, needsSignIn } from '@/lib/tokens';

/** Answers with the fingerprint of a token that the provider takes. */
export async function GET() {
  try {
    const tokens = await freshTokens();
    if (tokens) return Response.json({ token: fingerprint(tokens.accessToken) });
  } catch (error) {
    if (!isNotRenewed(error)) throw error;
    if (!needsSignIn(error)) return new Response(null, { status: 503 });
  }
  return new Response(null, { status: 401 });
}

/** Makes the token count as expired, so that a visitor need not wait for it. */
export async function DELETE(request: Request) {
  if (isCrossOrigin(request)) return new Response(null, { status: 403 });
  if (!(await session().has('tokens'))) return new Response(null, { status: 401 });
  await session().update((data) => {
    if (data.tokens) data.tokens.expiresAt = 0;
  });
  return new Response(null, { status: 204 });
}
