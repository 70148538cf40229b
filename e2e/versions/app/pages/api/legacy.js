import { runSteps } from '../../lib/run-steps';
import { session } from '../../lib/session';

export default async function handler(req, res) {
  const own = () => (req.query.alone ? session(req) : session(req, res));
  res.setHeader('Set-Cookie', 'other=1; Path=/');
  res.json(await runSteps(own, req.body));
}
