import { fetchName, type Tokens } from '@/lib/oauth';
import { oauthSettings } from '@/lib/oauth-client';
import { freshTokens, isNotRenewed, needsSignIn } from '@/lib/tokens';

/** Who is here, as far as the identity provider says. */
export type Visit =
  | { is: 'without a provider' }
  | { is: 'signed out' }
  | { is: 'refused' }
  | { is: 'signed in'; name: string; tokens: Tokens };

/** Asks the provider for the visitor's name, which takes a token that it accepts. */
export async function readVisit(): Promise<Visit> {
  if (!oauthSettings()) return { is: 'without a provider' };
  try {
    const tokens = await freshTokens();
    return tokens ? { is: 'signed in', name: await fetchName(tokens), tokens } : { is: 'signed out' };
  } catch (error) {
    if (needsSignIn(error) || isNotRenewed(error)) return { is: 'refused' };
    throw error;
  }
}
