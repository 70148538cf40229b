import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Browser } from '../browser.kit.js';
import { expectNoUnhandledRejection } from '../rejections.kit.js';
import { SqliteFile } from '../servers/sqlite-file.js';

interface Data {
  n: number;
  user: string;
}

let file: SqliteFile;
let databases: DatabaseSync[];
beforeEach(async () => {
  file = await SqliteFile.start();
  databases = [];
});
afterEach(async () => {
  for (const database of databases) database.close();
  await file.stop();
});

/** Opens the file, as another process does. */
function open(options = {}): DatabaseSync {
  const database = new DatabaseSync(file.connection, options);
  databases.push(database);
  return database;
}

/** An app on a connection, whose sessions have a timer that is always stale. */
const appOn = (client: DatabaseSync) =>
  nextAppSession<Data>({
    secret: 'a secret',
    store: new SqlStore({ client }),
    touchAfter: 0,
    storeTimeout: 1,
    user: ({ user }) => user,
  });

/** A visitor who is signed in. */
async function visitor(): Promise<Browser<Data>> {
  const client = open();
  await new SqlStore({ client }).migrate();
  const browser = new Browser(appOn(client));
  await browser.visit((own) => own().setAll({ n: 1, user: 'lovelace' }));
  return browser;
}

const write = (browser: Browser<Data>, n: number) => browser.visit((own) => own().set('n', n));
const read = (browser: Browser<Data>) => browser.visit((own) => own().get('n'));

const refused = (code: string) => ({
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/ refused \w+; .* Nothing was changed/),
  cause: expect.objectContaining({ code }),
});

it('a file that is open to read only answers reads, touch is no error, and a write changes nothing', async () => {
  const owner = await visitor();
  const browser = new Browser(appOn(open({ readOnly: true })), owner.cookies);
  for (let visit = 0; visit < 3; visit++) {
    expect(await read(browser)).toBe(1);
    expect(await browser.session.user('lovelace').list()).toHaveLength(1);
    await browser.visit((own) => own().touch());
    await expect(write(browser, 2)).rejects.toMatchObject(refused('SQLITE_READONLY'));
  }
  expect(await read(owner)).toBe(1);
});

it('a write waits for another one, and is applied', async () => {
  const browser = await visitor();
  const other = open();
  other.exec('BEGIN IMMEDIATE');
  const writing = write(browser, 2);
  expect(await read(browser)).toBe(1);
  await sleep(300);
  other.exec('COMMIT');
  await writing;
  expect(await read(browser)).toBe(2);
});

it('a write that waits for longer than storeTimeout fails, and is not applied later', async () => {
  const browser = await visitor();
  const other = open();
  other.exec('BEGIN IMMEDIATE');
  const startedAt = performance.now();
  await expect(write(browser, 2)).rejects.toMatchObject(refused('SQLITE_BUSY'));
  expect(performance.now() - startedAt).toBeLessThan(3000);
  other.exec('COMMIT');
  await sleep(300);
  expect(await read(browser)).toBe(1);
  await write(browser, 3);
  expect(await read(browser)).toBe(3);
});

expectNoUnhandledRejection();
