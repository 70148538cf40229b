import { runSteps } from '../../../lib/run-steps';
import { session } from '../../../lib/session';

export async function POST(request) {
  return Response.json(await runSteps(await request.json()));
}

export async function GET(request) {
  return Response.json(await session(request).all());
}
