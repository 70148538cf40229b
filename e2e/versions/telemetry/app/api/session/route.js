import { runSteps } from '../../../lib/run-steps';
import { session } from '../../../lib/session';

export async function GET() {
  return Response.json(await session().all());
}

export async function POST(request) {
  return Response.json(await runSteps(await request.json()));
}
