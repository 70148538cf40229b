import { session } from '../../lib/session';

/** The ways in which an API route sets cookies of its own. */
const ways = {
  setHeader: (res) => res.setHeader('Set-Cookie', ['theme=dark; Path=/']).json({}),
  writeHead: (res) => res.writeHead(200, { 'Set-Cookie': 'theme=dark; Path=/' }).end(),
  redirect: (res) => res.setHeader('Set-Cookie', 'theme=dark; Path=/').redirect('/'),
};

export default async function handler(req, res) {
  await session(req, res).set('n', 1);
  ways[req.query.way](res);
}
