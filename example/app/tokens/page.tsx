import type { Metadata } from 'next';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { samples } from '@/samples';
import { readVisit } from './visit';
import { VisitView } from './visit-view';
import '@/styles/tokens.css';

export const metadata: Metadata = { title: 'Tokens' };

export default async function TokensPage() {
  // Before the panel, which then shows the token that this has renewed.
  const visit = await readVisit();
  return (
    <Page
      title="Tokens"
      where="Server Component"
      lead="An access token of an identity provider ends after a minute, and the token that renews it is of use once. Whatever asks first renews it. Whatever asks meanwhile waits, and gets the same."
      docs={{
        Tokens: 'docs/tokens.md',
        'Back-channel logout': 'docs/recipes.md#back-channel-logout-openid-connect',
      }}
    >
      <div className="demo">
        <VisitView visit={visit} />
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.freshTokens}>
          The page calls this while it renders, where no cookie can be set. The Route Handler does the same.
          If the token is no longer fresh, one caller in all processes renews it.
        </Sample>
        <Sample {...samples.renewTokens}>
          The provider takes a refresh token once. A second use looks like theft, and ends all tokens of the
          user.
        </Sample>
        <Sample {...samples.signIn}>
          The tokens come into the session in the same write that signs in, and that gives it a new ID.
        </Sample>
        <Sample {...samples.backchannelLogout}>
          Whoever signs out at the provider is signed out here: the provider calls this handler, and names the
          session that has ended.
        </Sample>
      </div>
    </Page>
  );
}
