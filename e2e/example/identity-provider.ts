import type { Page } from '@playwright/test';
import { appEnvironment } from '../../example/identity-provider/app-client.mjs';
import type { RefreshFaults, TokenCalls } from '../../example/identity-provider/identity-provider.mjs';

/** The projects whose app has an identity provider. Each has another one, which counts the calls of that project alone. */
export const WITH_PROVIDER = new Set(['memory', 'redis']);

/** What the example and its provider share. */
export const PROVIDER_SECRET = 'the secret of the example at its provider';

/** Returns the address of the provider of an app. */
export function issuerFor(site: string): string {
  return `http://127.0.0.1:${Number(new URL(site).port) + 4}`;
}

/** Returns the environment of an app that has a provider. */
export function providerEnvironment(site: string): Record<string, string> {
  return appEnvironment(site, PROVIDER_SECRET, issuerFor(site));
}

/** The provider of a running app. */
export class ProviderControl {
  readonly #admin: string;

  constructor(site: string) {
    this.#admin = `${issuerFor(site)}/__admin`;
  }

  /** Returns what came of the renewals since the last reset. */
  async renewals(): Promise<TokenCalls['refresh_token']> {
    return (await (await fetch(this.#admin)).json()).refresh_token;
  }

  async setFaults(faults: RefreshFaults): Promise<void> {
    await fetch(this.#admin, { method: 'PUT', body: JSON.stringify(faults) });
  }

  /** Forgets the calls so far, and the faults. */
  async reset(): Promise<void> {
    await fetch(this.#admin, { method: 'DELETE' });
  }
}

/** Fills in and sends the form of the provider, to which a sign-in leads. */
export async function signInAtProvider(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
