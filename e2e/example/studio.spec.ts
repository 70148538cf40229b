import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../stores/servers/redis-server.js';
import { expect, test } from './fixtures.js';
import { StartedExample } from './started-example.js';

test('nothing of the studio is in a build of an app that opens it in development', () => {
  const folder = 'example/.next/server';
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?js$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  // The code before the condition is there.
  expect(code).toContain('startSessionTestServer');
  for (const part of ['startSessionStudio', 'next-app-session/studio', 'Session Studio']) {
    expect(code).not.toContain(part);
  }
});

test('npm run dev prints the address of the studio, which shows what the app does, and ends with it', async ({
  page,
}) => {
  const example = new StartedExample(await freePort(), { NODE_ENV: 'development' }, 'dev');
  let studio = '';
  const code = await example.during('SIGTERM', async () => {
    await expect
      .poll(() => /Session Studio: (http:\S+)/.exec(example.output)?.[1], { timeout: 60_000 })
      .toBeTruthy();
    [, studio = ''] = /Session Studio: (http:\S+)/.exec(example.output) ?? [];
    await page.goto(studio);
    await page.getByText('Live').waitFor();
    await fetch(`${example.site}/api/counter`, { method: 'POST', headers: { origin: example.site } });
    await page.getByRole('row', { name: /POST .*\/api\/counter/ }).waitFor();
    // Away from the page, which would complain of the end.
    await page.goto('about:blank');
  });
  expect(code).toBe(0);
  await expect(fetch(studio.split('#')[0] ?? '')).rejects.toThrow();
});
