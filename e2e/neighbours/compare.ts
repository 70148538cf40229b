import { type Site, Visitor } from '../versions/visitor.js';

/** An ID of express-session, of Auth.js or of nanoid: another one for each session. */
const ID = /^[\w-]{20,}$/;

/** What a row did: its value, and the data of the session afterwards. */
export interface Outcome {
  readonly value: unknown;
  readonly data: unknown;
}

/** Runs one row of an app, for a new visitor with this data. */
export async function runRow(site: Site, row: number, data: object): Promise<Outcome> {
  const visitor = new Visitor(site);
  await postTo(visitor, '/api/seed', data);
  const { value } = await postTo(visitor, `/api/rows/${row}`, {});
  return {
    value: typeof value === 'string' && ID.test(value) ? 'an ID' : value,
    data: await dataOf(visitor),
  };
}

/** Returns what the app shows of the visitor's session. */
export async function dataOf(visitor: Visitor): Promise<unknown> {
  return JSON.parse((await visitor.open('/api/data')).text);
}

/** Returns the answer, which has to be a good one. */
export async function postTo(visitor: Visitor, path: string, body: object): Promise<{ value?: unknown }> {
  const { status, text } = await visitor.post(path, body);
  if (status !== 200) throw new Error(`POST ${path} answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
