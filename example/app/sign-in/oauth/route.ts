import { notFound, redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { beginSignIn } from '@/lib/oauth';
import { oauthSettings } from '@/lib/oauth-client';
import { safePath } from '@/lib/safe-path';
import { session } from '@/lib/session';

/** Sends the visitor to the identity provider. */
export async function GET(request: NextRequest) {
  if (!oauthSettings()) notFound();
  const { url, attempt } = await beginSignIn(safePath(request.nextUrl.searchParams.get('from')));
  await session().set('oauth', attempt);
  redirect(url.href);
}
