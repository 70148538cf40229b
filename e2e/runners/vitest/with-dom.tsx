import { RedisStore } from 'next-app-session/redis';
import { createSessionTester } from 'next-app-session/testing';
import { expect, it } from 'vitest';
import Page from '@/app/account/page';
import { session } from '@/lib/session';

/** The tests of one more environment with a DOM. */
export function testWithDom(): void {
  it('the session is the real one where tests have a DOM', async () => {
    expect(typeof document).toBe('object');
    expect(typeof RedisStore).toBe('function');
    const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
    expect((await t.component(() => Page())).result?.props.children).toBe('Hello ada');
    expect((await t.render(<Page />)).html).toBe('<p>Hello ada</p>');
  });
}
