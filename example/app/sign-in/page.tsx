import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { oauthSettings } from '@/lib/oauth-client';
import { safePath } from '@/lib/safe-path';
import { session } from '@/lib/session';
import { samples } from '@/samples';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };

type Props = { searchParams: Promise<{ from?: string | string[]; failed?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { failed, ...search } = await searchParams;
  const from = safePath(search.from);
  if (await session().has('user')) redirect(from);
  return (
    <Page
      title="Sign in"
      where="Server Action"
      lead="Signing in keeps the session's data and gives it a new ID. Watch the fingerprint change."
      docs={{ 'Sign in, sign out': 'docs/sessions.md#sign-in-sign-out', Security: 'docs/security.md' }}
    >
      <div className="demo">
        <SignInForm from={from} wrong={failed === undefined ? undefined : 'provider'} />
        {oauthSettings() && (
          // A plain link: it leaves this site, so it must not be fetched beforehand.
          <a href={`/sign-in/oauth?${new URLSearchParams({ from })}`}>Sign in with the identity provider</a>
        )}
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.signIn}>
          <code>regenerate</code> moves the data to a new ID, so whoever knew the old one never sees what is
          signed in. Its function makes the whole sign-in a single write.
        </Sample>
        <Sample {...samples.safePath}>
          The address to return to comes from the URL, so it is checked before it is followed.
        </Sample>
      </div>
    </Page>
  );
}
