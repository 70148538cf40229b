import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { signOut } from '@/app/sign-in/actions';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { Time } from '@/components/time';
import { session } from '@/lib/session';
import { samples } from '@/samples';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage() {
  // The proxy has turned visitors without a user away. The page checks again: a proxy is one edit of its
  // matcher away from not running.
  const user = await session().get('user');
  if (!user) redirect('/sign-in?from=/account');

  const info = await session().info();
  return (
    <Page
      title="Account"
      where="Proxy"
      lead="Only signed-in visitors get here. Everyone else is sent to the sign-in page, and back again afterwards."
    >
      <div className="demo">
        <dl className="facts">
          <dt>Signed in as</dt>
          <dd>{user.name}</dd>
          <dt>Since</dt>
          <dd>
            <Time value={user.signedInAt} />
          </dd>
          <dt>Session last seen</dt>
          <dd>{info && <Time value={info.lastSeenAt} />}</dd>
        </dl>
        <form action={signOut}>
          <button type="submit">Sign out</button>
        </form>
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.proxy}>
          In the proxy the session takes the request and the response: it reads the cookie from one and sets
          it on the other.
        </Sample>
        <Sample {...samples.account}>The page does not rely on the proxy.</Sample>
        <Sample {...samples.signOut}>Signing out deletes the record and the cookie.</Sample>
      </div>
    </Page>
  );
}
