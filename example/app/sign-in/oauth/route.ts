import { notFound, redirect } from 'next/navigation';
import { authorizeUrl, newAttempt, oauthSettings } from '@/lib/oauth';
import { session } from '@/lib/session';

/** Sends the visitor to the identity provider. */
export async function GET() {
  const settings = oauthSettings();
  if (!settings) notFound();
  const attempt = newAttempt();
  await session().set('oauth', attempt);
  redirect(authorizeUrl(settings, attempt));
}
