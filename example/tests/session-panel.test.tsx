// @vitest-environment happy-dom
import { render, screen } from '@testing-library/react';
import { createSessionTester } from 'next-app-session/testing';
import { expect, it } from 'vitest';
import { SessionPanel } from '@/components/session-panel';
import { session } from '@/lib/session';

it('a Server Component is rendered with a session', async () => {
  const t = createSessionTester(session, { data: { name: 'Ada', count: 3 } });
  const { result } = await t.component(() => SessionPanel());
  render(result);
  const panel = screen.getByRole('complementary', { name: 'Your session' });
  expect(panel.textContent).toContain('"count": 3');
  // The ID stays out of the page.
  expect(document.body.innerHTML).not.toContain(await t.id());
});

it('an action sets its cookie under happy-dom too', async () => {
  const t = createSessionTester(session);
  const { cookies } = await t.action(() => session().set('name', 'Ada'));
  expect(cookies).toMatchObject([{ name: 'sid', httpOnly: true }]);
  expect(await t.read()).toEqual({ name: 'Ada' });
});
