export function GET() {
  return new Response('behind the proxy');
}
