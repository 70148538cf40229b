import { notFound, redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { finishSignIn, type OAuthAttempt } from '@/lib/oauth';
import { oauthSettings } from '@/lib/oauth-client';
import { session } from '@/lib/session';
import { signInAs } from '@/lib/sign-in-as';

/** Where the identity provider sends the visitor back to. */
export async function GET(request: NextRequest) {
  if (!oauthSettings()) notFound();
  const { searchParams } = request.nextUrl;
  const attempt = await session().get('oauth');
  // It counts once, whatever comes of it.
  await session().destroy('oauth');
  if (!attempt || searchParams.get('state') !== attempt.state) redirect('/sign-in?failed=state');
  const signedIn = await finish(attempt, searchParams);
  if (!signedIn) redirect('/sign-in?failed=provider');
  await signInAs(signedIn.name, signedIn.tokens);
  redirect(attempt.from);
}

async function finish(attempt: OAuthAttempt, brought: URLSearchParams) {
  try {
    return await finishSignIn(attempt, brought);
  } catch (error) {
    // The visitor may have refused, the code may be old, the provider may be away.
    console.warn('Identity provider:', error instanceof Error ? error.message : error);
    return null;
  }
}
