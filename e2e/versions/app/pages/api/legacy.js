import { runSteps } from '../../lib/run-steps';

export default async function handler(req, res) {
  const here = req.query.alone ? [req] : [req, res];
  res.setHeader('Set-Cookie', 'other=1; Path=/');
  res.json(await runSteps(req.body, ...here));
}
