import { notFound, redirect } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { exchangeCode, oauthSettings } from '@/lib/oauth';
import { session } from '@/lib/session';
import { signInAs } from '@/lib/sign-in-as';

/** Where the identity provider sends the visitor back to. */
export async function GET(request: NextRequest) {
  const settings = oauthSettings();
  if (!settings) notFound();
  const { searchParams } = request.nextUrl;
  const attempt = await session().get('oauth');
  // It counts once, whatever comes of it.
  await session().destroy('oauth');
  if (!attempt || searchParams.get('state') !== attempt.state) redirect('/sign-in?failed=state');
  const name = await exchangeCode(settings, searchParams.get('code') ?? '', attempt.verifier);
  if (!name) redirect('/sign-in?failed=provider');
  await signInAs(name);
  redirect('/account');
}
