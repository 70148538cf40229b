import { Time } from '@/components/time';
import { fingerprint } from '@/lib/fingerprint';
import { signOutUrl, type Tokens } from '@/lib/oauth';
import { countRenewals } from '@/lib/provider-calls';
import { TokenButtons } from './token-buttons';
import type { Visit } from './visit';

export function VisitView({ visit }: { visit: Visit }) {
  switch (visit.is) {
    case 'without a provider':
      return (
        <p>
          No identity provider is set up. <code>npm start</code> brings one along, and{' '}
          <code>OAUTH_ISSUER</code> names another.
        </p>
      );
    case 'signed out':
      return (
        <>
          <p>You are not signed in with the identity provider.</p>
          <SignInLink>Sign in with the identity provider</SignInLink>
        </>
      );
    case 'refused':
      return (
        <>
          <p role="alert" className="error">
            The identity provider did not renew your token. Your session is as it was. Reload the page to try
            again, or sign in.
          </p>
          <SignInLink>Sign in again</SignInLink>
        </>
      );
    case 'signed in':
      return <SignedIn {...visit} />;
  }
}

/** A plain link: it leaves this site, so it must not be fetched beforehand. */
function SignInLink({ children }: { children: string }) {
  return <a href="/sign-in/oauth?from=/tokens">{children}</a>;
}

/** The tokens themselves stay on the server. */
async function SignedIn({ name, tokens }: { name: string; tokens: Tokens }) {
  const [renewals, signOut] = await Promise.all([countRenewals(), signOutUrl()]);
  return (
    <>
      <dl className="facts">
        <dt>The provider says</dt>
        <dd>{name}</dd>
        <dt>Access token</dt>
        <dd>#{fingerprint(tokens.accessToken)}</dd>
        <dt>Ends</dt>
        <dd>
          <Time value={tokens.expiresAt} clock />
        </dd>
        {renewals !== null && (
          <>
            <dt>Renewals so far</dt>
            <dd>{renewals}</dd>
          </>
        )}
      </dl>
      <TokenButtons />
      {signOut && (
        <p className="hint">
          <a href={signOut} target="_blank" rel="noopener">
            Sign out at the identity provider
          </a>{' '}
          in another tab, then reload this page: the session has ended here, too.
        </p>
      )}
    </>
  );
}
