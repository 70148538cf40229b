import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { Time } from '@/components/time';
import { session } from '@/lib/session';
import { samples } from '@/samples';
import { Sessions } from './sessions';
import '@/styles/sessions.css';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage() {
  // The proxy has turned visitors without a user away. The page checks again: a proxy is one edit of its
  // matcher away from not running.
  const user = await session().get('user');
  if (!user) redirect('/sign-in?from=/account');

  return (
    <Page
      title="Account"
      where="Proxy"
      lead="Only signed-in visitors get here. Everyone else is sent to the sign-in page, and back again afterwards."
      docs={{
        'Where a user is signed in': 'docs/sessions.md#where-a-user-is-signed-in',
        'Protect pages in proxy': 'docs/sessions.md#protect-pages-in-proxy',
      }}
    >
      <div className="demo">
        <dl className="facts">
          <dt>Signed in as</dt>
          <dd>{user.name}</dd>
          <dt>Since</dt>
          <dd>
            <Time value={user.signedInAt} />
          </dd>
        </dl>
        <Sessions user={user.name} />
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.proxy}>
          In the proxy the session takes the request and the response: it reads the cookie from one and sets
          it on the other.
        </Sample>
        <Sample {...samples.account}>The page does not rely on the proxy.</Sample>
        <Sample {...samples.sessions}>
          The <code>user</code> option says whose a session is, so the sessions of a user can be listed, and
          ended from anywhere.
        </Sample>
        <Sample {...samples.endSession}>
          A revoked session is empty at its next request. The page names each by a handle, which is not its
          ID.
        </Sample>
        <Sample {...samples.signOut}>Signing out deletes the record and the cookie.</Sample>
      </div>
    </Page>
  );
}
