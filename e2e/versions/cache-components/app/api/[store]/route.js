import { after } from 'next/server';
import { sessions } from '../../../lib/stores';

export async function GET(_request, { params }) {
  const { store } = await params;
  return Response.json(await sessions[store]().all());
}

/** Signs in, for so many seconds. */
export async function POST(request, { params }) {
  const { store } = await params;
  const { n, maxAge } = await request.json();
  await sessions[store]().regenerate((data) => ({ ...data, n }), { maxAge });
  after(() => sessions[store]().get('n'));
  return Response.json({});
}

export async function DELETE(_request, { params }) {
  const { store } = await params;
  await sessions[store]().destroy();
  return Response.json({});
}
