// @vitest-environment happy-dom
import 'next-app-session/testing/vitest';
import { cleanup, render, screen, within } from '@testing-library/react';
import { createSessionTester, type InspectableStore } from 'next-app-session/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { endOtherSessions, endSession } from '@/app/account/actions';
import { Sessions } from '@/app/account/sessions';
import { session } from '@/lib/session';

afterEach(cleanup);

/** Ada, in one of her browsers. */
function signedIn(device: string, store?: InspectableStore) {
  const user = { name: 'Ada', signedInAt: 1_750_000_000_000, device };
  return createSessionTester(session, { data: { user }, ...(store && { store }) });
}

function handle(value: string): FormData {
  const form = new FormData();
  form.set('handle', value);
  return form;
}

describe('where a user is signed in', () => {
  it('is listed, this browser with a way out of its own', async () => {
    const laptop = signedIn('Chrome on Linux');
    signedIn('Safari on iOS', laptop.store);
    const { result } = await laptop.component(() => Sessions({ user: 'Ada' }));
    render(result);
    const rows = screen.getAllByRole('listitem');
    expect(rows).toHaveLength(2);
    const here = rows.find((row) => row.textContent?.includes('this browser'));
    expect(here?.textContent).toContain('Chrome on Linux');
    expect(within(here as HTMLElement).getByRole('button').textContent).toBe('Sign out here');
    expect(screen.getByRole('button', { name: 'Sign out everywhere else' })).toBeDefined();
    expect(document.body.innerHTML).not.toContain(await laptop.id());
  });

  it('can be left one by one', async () => {
    const laptop = signedIn('Chrome on Linux');
    const phone = signedIn('Safari on iOS', laptop.store);
    const listed = await laptop.user().list();
    const other = listed.find(({ current }) => !current)?.handle ?? '';
    await laptop.action(() => endSession(handle(other)));
    await expect(phone).not.toHaveSession();
    await expect(laptop).toHaveSession();
  });

  it('can be left everywhere else', async () => {
    const laptop = signedIn('Chrome on Linux');
    const others = [signedIn('Safari on iOS', laptop.store), signedIn('Firefox on Windows', laptop.store)];
    await laptop.action(() => endOtherSessions());
    for (const other of others) await expect(other).not.toHaveSession();
    await expect(laptop).toHaveSession();
  });

  it('is nobody else’s business', async () => {
    const ada = signedIn('Chrome on Linux');
    const user = { name: 'Mallory', signedInAt: 1_750_000_000_000 };
    const mallory = createSessionTester(session, { data: { user }, store: ada.store });
    const [row] = await ada.user().list();
    await mallory.action(() => endSession(handle(row?.handle ?? '')));
    await mallory.action(() => endOtherSessions());
    await expect(ada).toHaveSession();
  });

  it('leads a visitor whose session has ended to sign in', async () => {
    const t = createSessionTester(session);
    const { redirect } = await t.action(() => endOtherSessions());
    expect(redirect?.url).toBe('/sign-in?from=/account');
    expect(t).toHaveStoreCalls([]);
  });
});
