import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDocumented, filesOf } from './documented-app.js';
import { type NextApp, packTarball } from './next-app.js';
import { Visitor } from './visitor.js';

describe('the guide', () => {
  let app: NextApp;
  beforeAll(async () => {
    // The guide goes on from the README's app. It has a user of another shape, so the README's first page does not fit.
    const { 'app/page.tsx': _, ...readme } = filesOf('README.md');
    app = await buildDocumented(packTarball(), { ...readme, ...filesOf('docs/sessions.md'), ...SIGN_IN });
    await app.start();
  });
  afterAll(() => app?.stop());

  it('lists the sessions of a user, and ends those on other devices', async () => {
    const signIn = async (device: string) => {
      const visitor = new Visitor(app);
      const headers = { 'user-agent': device };
      await visitor.submit('/sign-in', { user: 'Ada', password: 'open sesame' }, headers);
      return visitor;
    };
    const [laptop, phone] = [await signIn('laptop'), await signIn('phone')];
    const { text } = await laptop.open('/account');
    expect(text).toContain('laptop, last seen');
    expect(text).toContain('phone, last seen');

    const [, action = ''] = /name="(\$ACTION_ID_\w+)"[^>]*>(?:(?!<form).)*everywhere else/s.exec(text) ?? [];
    const form = new FormData();
    form.set(action, '');
    await laptop.open('/account', { method: 'POST', body: form });
    expect((await phone.open('/account')).text).not.toContain('last seen');
    expect((await laptop.open('/account')).text).not.toContain('phone, last seen');
  });

  it('counts in the Pages Router too', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.post('/api/legacy-visits', {})).text).toBe('{"visits":1}');
    expect((await visitor.post('/api/legacy-visits', {})).text).toBe('{"visits":2}');
  });
});

/** The page that the guide leaves to its readers. */
const SIGN_IN = {
  'app/sign-in/page.tsx':
    "import { SignInForm } from './sign-in-form';\nexport default function Page() { return <SignInForm />; }\n",
};
