import { headers } from 'next/headers';
import { userAgentFromString } from 'next/server';

/** What the browser calls itself, such as "Chrome on Linux": a label for its user, and no proof of anything. */
export async function deviceName(): Promise<string> {
  const { browser, os } = userAgentFromString((await headers()).get('user-agent') ?? undefined);
  return [browser.name, os.name].filter(Boolean).join(' on ').slice(0, 60) || 'Unknown device';
}
