import { signInWithProvider } from '@/lib/sign-in-with-provider';

/** The end of a sign-in at the provider, without the provider. */
export async function POST(request: Request) {
  await signInWithProvider(await request.json());
  return new Response(null, { status: 204 });
}
